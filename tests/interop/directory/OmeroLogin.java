import java.io.FileReader;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.AuthenticationException;
import javax.naming.Context;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.InitialLdapContext;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * The LDAP queries of an OMERO login, in the order and with the filters that OMERO sends over JNDI.
 *
 *   java OmeroLogin PROPERTIES 4|5   lines of "name TAB password" on standard input, an answer each
 *
 * 4 is OMERO 4.0 and 4.1, 5 is 4.2 and newer. An answer is `allow GROUP...`, `deny` (OMERO says no) or `skip WHY` (OMERO asks
 * its next password provider).
 */
public class OmeroLogin {
    /** What OMERO reports as ApiUsageException, and its password chain swallows. */
    static class Skipped extends Exception {
        Skipped(String why) { super(why); }
    }

    /** What OMERO does not swallow. */
    static class Failed extends Exception {
        Failed(String why) { super(why); }
    }

    final Properties settings;
    final String base;
    final LdapContext service;

    OmeroLogin(Properties settings) throws NamingException {
        this.settings = settings;
        base = setting("base", "ou=example,o=com");
        service = connect(setting("username", ""), setting("password", ""));
    }

    String setting(String key, String otherwise) {
        return settings.getProperty("omero.ldap." + key, otherwise);
    }

    LdapContext connect(String dn, String password) throws NamingException {
        Hashtable<String, Object> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
        environment.put(Context.PROVIDER_URL, setting("urls", "ldap://localhost:389"));
        environment.put(Context.SECURITY_AUTHENTICATION, "simple");
        environment.put(Context.SECURITY_PRINCIPAL, dn);
        environment.put(Context.SECURITY_CREDENTIALS, password);
        environment.put(Context.REFERRAL, setting("referral", "ignore"));
        environment.put("com.sun.jndi.ldap.connect.timeout", "5000");
        environment.put("com.sun.jndi.ldap.read.timeout", "5000");
        return new InitialLdapContext(environment, null);
    }

    boolean bind(String dn, String password) throws NamingException {
        if (password.isEmpty()) return false;
        try {
            connect(dn, password).close();
            return true;
        } catch (AuthenticationException refused) {
            return false;
        }
    }

    List<SearchResult> search(String from, String filter) throws NamingException {
        SearchControls controls = new SearchControls();
        controls.setSearchScope(SearchControls.SUBTREE_SCOPE);
        NamingEnumeration<SearchResult> found = service.search(new LdapName(from), filter, controls);
        List<SearchResult> all = new ArrayList<>();
        while (found.hasMore()) all.add(found.next());
        return all;
    }

    static String escaped(String value) {
        StringBuilder out = new StringBuilder();
        for (char each : value.toCharArray())
            out.append("*()\\\0".indexOf(each) < 0 ? String.valueOf(each) : String.format("\\%02x", (int) each));
        return out.toString();
    }

    static String first(SearchResult entry, String attribute) throws NamingException {
        Attribute found = entry.getAttributes().get(attribute);
        return found == null ? null : String.valueOf(found.get());
    }

    static List<String> values(SearchResult entry, String attribute) throws NamingException {
        List<String> all = new ArrayList<>();
        Attribute found = entry.getAttributes().get(attribute);
        for (int at = 0; found != null && at < found.size(); at += 1) all.add(String.valueOf(found.get(at)));
        return all;
    }

    // ------------------------------------------------------------------------------------------- OMERO 4.0 and 4.1

    String login4(String name, String password) throws Exception {
        List<SearchResult> found = search(base, "(&(objectClass=person)(cn=" + escaped(name) + "))");
        if (found.size() != 1) throw new Skipped("found " + found.size());
        String dn = found.get(0).getNameInNamespace();
        if (!meetsRequirements(dn) || !bind(dn, password) || !meetsRequirements(dn)) return "deny";
        return "allow " + setting("new_user_group", "default");
    }

    boolean meetsRequirements(String dn) throws Exception {
        // String.split drops empty items at the end and trims nothing, and so did OMERO.
        String[] groups = list("groups", ""), attributes = list("attributes", "objectClass"), wanted = list("values", "person");
        if (attributes.length != wanted.length) throw new Skipped("attributes and values differ in number");
        if (groups.length > 0) {
            List<String> in = new ArrayList<>();
            for (SearchResult group : search(base, "(&(objectClass=groupOfNames)(member=" + escaped(dn) + "))"))
                in.addAll(values(group, "cn"));
            boolean any = false;
            for (String group : groups) any |= in.contains(group);
            if (!any) return false;
        }
        if (attributes.length == 0) return true;
        StringBuilder filter = new StringBuilder("(&");
        for (int at = 0; at < attributes.length; at += 1)
            filter.append('(').append(attributes[at]).append('=').append(escaped(wanted[at])).append(')');
        return !search(dn, filter.append(')').toString()).isEmpty();
    }

    String[] list(String key, String otherwise) {
        String text = setting(key, otherwise);
        return text.isEmpty() ? new String[0] : text.split(",");
    }

    // ------------------------------------------------------------------------------------------- OMERO 4.2 and newer

    String login5(String name, String password) throws Exception {
        if (password.isEmpty()) return "deny";
        Map<String, String> mapping = mapping("user_mapping", "omeName=cn,firstName=givenName,lastName=sn,email=mail");
        SearchResult entry = one(setting("user_filter", "(objectClass=person)"), mapping.get("omeName"), name, ignoresCase());
        String dn = entry.getNameInNamespace();
        TreeSet<String> groups = groups(entry, dn);
        if (groups.isEmpty()) throw new Failed("No group found for: " + dn);
        if (!bind(dn, password)) return "deny";
        return "allow " + String.join(" ", groups) + " as " + first(entry, mapping.get("lastName")) + " " + first(entry, mapping.get("email"));
    }

    boolean ignoresCase() {
        return Boolean.parseBoolean(settings.getProperty("omero.security.ignore_case", "false"));
    }

    Map<String, String> mapping(String key, String otherwise) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String item : setting(key, otherwise).split("[\\n\\s;:,]+")) {
            String[] parts = item.split("=", 2);
            all.put(parts[0], parts.length == 2 ? parts[1] : null);
        }
        return all;
    }

    SearchResult one(String filter, String attribute, String name, boolean anyCase) throws Exception {
        List<SearchResult> found = search(base, "(&" + filter + "(" + attribute + "=" + escaped(name) + "))");
        if (found.size() != 1) throw new Skipped("found " + found.size());
        String there = first(found.get(0), attribute);
        if (!(anyCase ? name.equalsIgnoreCase(there) : name.equals(there))) throw new Skipped("spelled " + there);
        return found.get(0);
    }

    TreeSet<String> groups(SearchResult user, String dn) throws Exception {
        String spec = setting("new_user_group", "default");
        TreeSet<String> names = new TreeSet<>();
        if (!spec.startsWith(":")) {
            names.add(spec);
            return names;
        }
        Matcher parts = Pattern.compile(":(ou|attribute|filtered_attribute|dn_attribute|filtered_dn_attribute|query):(.*)").matcher(spec);
        if (!parts.matches()) throw new Failed("spec currently not supported: " + spec);
        String kind = parts.group(1), rest = parts.group(2);
        String filter = setting("group_filter", "(objectClass=groupOfNames)"), nameAttribute = mapping("group_mapping", "name=cn").get("name");
        switch (kind) {
            case "ou" -> {
                List<Rdn> rdns = new LdapName(dn).getRdns();
                for (int at = rdns.size() - 1; at >= 0 && names.isEmpty(); at -= 1)
                    if (rdns.get(at).getType().equalsIgnoreCase("ou")) names.add(String.valueOf(rdns.get(at).getValue()));
            }
            case "query" -> {
                String query = substituted(rest, user, dn);
                for (SearchResult group : search(base, "(&" + filter + query + ")")) names.addAll(values(group, nameAttribute));
            }
            default -> {
                SearchControls controls = new SearchControls();
                controls.setSearchScope(SearchControls.OBJECT_SCOPE);
                controls.setReturningAttributes(new String[] {rest});
                SearchResult again = service.search(new LdapName(dn), "(objectClass=*)", controls).next();
                for (String value : values(again, rest)) {
                    String name = kind.contains("dn_") ? nameIn(value, nameAttribute) : value;
                    if (name == null) continue;
                    if (kind.startsWith("filtered")) {
                        try {
                            one(filter, nameAttribute, name, false);
                        } catch (Skipped none) {
                            continue;
                        }
                    }
                    names.add(name);
                }
            }
        }
        return names;
    }

    String nameIn(String dn, String nameAttribute) throws Exception {
        LdapName name = new LdapName(dn), top = new LdapName(base);
        if (!name.startsWith(top)) throw new Failed("outside of the base: " + dn);
        for (Rdn rdn : name.getSuffix(top.size()) instanceof LdapName own ? own.getRdns() : List.<Rdn>of())
            if (rdn.getType().equalsIgnoreCase(nameAttribute)) return String.valueOf(rdn.getValue());
        return null;
    }

    /** As OMERO does, but escaped: the values of a person are no filter. */
    String substituted(String query, SearchResult user, String dn) throws Exception {
        Matcher places = Pattern.compile("@\\{([^}]*)}").matcher(query);
        StringBuilder out = new StringBuilder();
        while (places.find()) {
            String value = places.group(1).equals("dn") ? dn : first(user, places.group(1));
            if (value == null) throw new Failed("nothing for " + places.group());
            places.appendReplacement(out, Matcher.quoteReplacement(escaped(value)));
        }
        return places.appendTail(out).toString();
    }

    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        settings.load(new FileReader(arguments[0]));
        OmeroLogin omero = new OmeroLogin(settings);
        for (String line : new String(System.in.readAllBytes(), "UTF-8").split("\n")) {
            String[] parts = line.split("\t", -1);
            String answer;
            try {
                answer = arguments[1].equals("4") ? omero.login4(parts[0], parts[1]) : omero.login5(parts[0], parts[1]);
            } catch (Skipped skipped) {
                answer = "skip " + skipped.getMessage();
            } catch (Failed failed) {
                answer = "error " + failed.getMessage();
            }
            System.out.println(answer);
        }
    }
}
