/**
 * web, floor 6: the HTTP doors: forward-auth, the proxy of its own, login pages and the control socket.
 */
export { ControlDoor, type RunAct } from './control/control-door.ts';
export { buildService, type ServicePorts } from './gate/build-service.ts';
export { type GateCookies, gateCookies } from './gate/cookies.ts';
export type { Service } from './gate/service.ts';
export { refuseUnplainNames, type ServiceOptions, servicesSchema } from './gate/service-schema.ts';
export { ServiceTable } from './gate/service-table.ts';
export { HealthDoor } from './health/health-door.ts';
export { type ProtectedNames, protectNames } from './http/identity-headers.ts';
export { parseTrustedProxies, type TrustedProxies, trustedProxies } from './http/trusted-proxies.ts';
export type { BegunLogin, LoginRealm, WebGeneration, WebPorts, WebSessions } from './ports.ts';
export { faultOfTls, WebDoor, type WebListenOptions, type WebTls } from './web-door.ts';
