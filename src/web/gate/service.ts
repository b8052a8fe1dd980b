/**
 * Service is one guarded application: where it is found, which realm logs people in, whom it admits and what it is told.
 * Compiled once a configuration generation from its section of `services`.
 */
import type { AdmissionRule, Subject } from '../../access/index.ts';
import type { Milliseconds } from '../../base/index.ts';
import type { HeaderPreset } from '../http/header-presets.ts';
import type { CanonicalHost } from '../http/host.ts';
import type { PathPrefix } from '../http/target.ts';
import type { Upstream } from '../proxy/upstream.ts';

export interface Service {
  readonly name: string;
  readonly host: CanonicalHost;
  readonly path: PathPrefix;
  /** Where browsers reach it: scheme, host and port, no path. Redirects lead here and nowhere else. */
  readonly origin: string;
  readonly realm: string;
  readonly rule: AdmissionRule;
  /** Who a visitor is that did not log in; undefined: nobody, and everybody must log in. */
  readonly visitor: Subject | undefined;
  readonly preset: HeaderPreset;
  /** The `aud` of the signed assertion. */
  readonly audience: string;
  /** How long a signed assertion is valid. */
  readonly assertionLife: Milliseconds;
  /** True when the back end is told `domain\name` instead of the bare name. */
  readonly qualified: boolean;
  /** How somebody who is not logged in is asked: by the login page (browsers only) or by HTTP Basic. */
  readonly challenge: 'form' | 'basic';
  /** True lets a front proxy keep an allow for one second (the one exception to security rule 10). */
  readonly frontCache: boolean;
  /** True passes a Basic password that was the login on to the back end. Off by default. */
  readonly forwardAuthorization: boolean;
  /** Where Realmgate's own proxy sends requests; undefined when only a front proxy asks. */
  readonly upstream: Upstream | undefined;
}
