/**
 * The passwords that are tried first, of those with eight characters or more: what tops every published count of leaked
 * ones, and the words that products and manuals use as examples. Folded. A site adds its own with `blocklistFile`.
 */
const WORDS = `
password password1 password12 password123 password1234 password12345 password123456 password! password1! passw0rd
p@ssword p@ssw0rd p@ssw0rd1 p@ssw0rd123 pa$$word pa$$w0rd passwort passwort1 passwort123 motdepasse contraseña
12345678 123456789 1234567890 12345678910 123123123 1234554321 12341234 11223344 1122334455 112233445566 987654321
0123456789 147258369 159357258 123698745 741852963 102030405060 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u8i
1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw2 zaq12wsx zaq1zaq1 !qaz2wsx qazwsxedc qazwsxedcrfv qazwsxedcrfvtgb
qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyui qwertyuiop qwertyuiop123 qwertyuiopasdfgh
qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qwertzui qwertzuiop qwertzuiopü azertyui azertyuiop asdfghjk asdfghjkl
asdfghjkl123 asdf1234 zxcvbnm123 zxcvbnm1 zxcvbnm, abcd1234 abc12345 abc123456 abcd12345 abcdefgh1 a1b2c3d4 a1b2c3d4e5
a1b2c3d4e5f6 aa123456 aa12345678 a12345678 a123456789 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 iloveyou iloveyou1 iloveyou123
iloveyou2 sunshine sunshine1 princess princess1 football football1 baseball baseball1 superman superman1 batman123
starwars starwars1 pokemon1 pokemon123 dragon123 monkey123 shadow123 master123 michael1 jennifer charlie1 jordan23
trustno1 whatever letmein1 letmein123 letmeinplease welcome1 welcome12 welcome123 welcome1234 welcome2 willkommen
changeme changeme1 changeme123 changemenow pleasechange pleasechangeme changeit changeit123 default1 default123
defaultpassword administrator administrator1 admin123 admin1234 admin12345 admin123456 adminadmin adminpassword
adminadmin123 admin@123 root1234 rootroot rootpassword toor1234 superuser superuser1 guest123 guestguest test1234
test12345 testtest testtest123 testpassword testing123 demo1234 demodemo temp1234 temppassword temporary temporary1
secret123 secretpassword supersecret supersecretpassword topsecret mypassword mypassword123 yourpassword
thisisapassword thisismypassword notmypassword ilovemypassword computer computer1 internet internet1 samsung1
samsung123 google123 facebook facebook1 linkedin minecraft minecraft1 liverpool liverpool1 chelsea1 arsenal1
manchester barcelona juventus realmadrid summer2024 summer2025 summer2026 winter2024 winter2025 winter2026 spring2024
spring2025 spring2026 autumn2024 autumn2025 autumn2026 january2025 january2026 openldap openldap1 openldappassword
ldapadmin ldapadmin1 ldappassword directorymanager realmgate realmgate1 realmgate123 realmgatepassword
correcthorsebatterystaple tobeornottobe maytheforcebewithyou thequickbrownfox thequickbrownfoxjumps
loremipsum loremipsumdolor loremipsumdolorsitamet onetwothreefour opensesame opensesame123 blink182 jesuschrist godisgood ilovejesus fuckyou1 fuckyou123 fuckyoufuckyou asshole1
`;

const PHRASES = [
  'correct horse battery staple',
  'the quick brown fox',
  'lorem ipsum dolor sit amet',
  'to be or not to be',
];

export const COMMON_PASSWORDS: readonly string[] = [...WORDS.trim().split(/\s+/), ...PHRASES];
