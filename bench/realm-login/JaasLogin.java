import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.spi.LoginModule;

/**
 * The JDK's LoginContext with four trivial modules: one that only watches, one that does not know the user, one that
 * verifies and adds a principal, one that adds nothing. Reads the number of logins of a round a line from standard
 * input and answers each with the logins a second of that round.
 */
public final class JaasLogin {
  public record User(String name) implements java.security.Principal {
    public String getName() {
      return name;
    }
  }

  public abstract static class Trivial implements LoginModule {
    Subject subject;
    CallbackHandler handler;

    public void initialize(Subject subject, CallbackHandler handler, Map<String, ?> shared, Map<String, ?> options) {
      this.subject = subject;
      this.handler = handler;
    }

    public boolean commit() throws javax.security.auth.login.LoginException {
      return false;
    }

    public boolean abort() {
      return true;
    }

    public boolean logout() {
      return true;
    }
  }

  public static final class Watches extends Trivial {
    public boolean login() {
      return false;
    }
  }

  public static final class Verifies extends Trivial {
    private String name;

    public boolean login() throws javax.security.auth.login.LoginException {
      NameCallback callback = new NameCallback("name");
      try {
        handler.handle(new Callback[] {callback});
      } catch (Exception error) {
        throw new javax.security.auth.login.LoginException("callback");
      }
      name = callback.getName();
      return name.equals("alice");
    }

    public boolean commit() {
      subject.getPrincipals().add(new User(name));
      return true;
    }
  }

  public static void main(String[] arguments) throws Exception {
    AppConfigurationEntry[] entries = {
      new AppConfigurationEntry(Watches.class.getName(), LoginModuleControlFlag.REQUISITE, Map.of()),
      new AppConfigurationEntry(Watches.class.getName(), LoginModuleControlFlag.OPTIONAL, Map.of()),
      new AppConfigurationEntry(Verifies.class.getName(), LoginModuleControlFlag.REQUIRED, Map.of()),
      new AppConfigurationEntry(Watches.class.getName(), LoginModuleControlFlag.OPTIONAL, Map.of()),
    };
    Configuration configuration = new Configuration() {
      public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return entries;
      }
    };
    CallbackHandler handler = callbacks -> {
      for (Callback callback : callbacks) ((NameCallback) callback).setName("alice");
    };
    java.io.BufferedReader input = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      int logins = Integer.parseInt(line.trim());
      long started = System.nanoTime();
      for (int i = 0; i < logins; i++) {
        LoginContext context = new LoginContext("staff", new Subject(), handler, configuration);
        context.login();
        if (context.getSubject().getPrincipals().size() != 1) throw new IllegalStateException("not logged in");
      }
      System.out.println(logins * 1e9 / (System.nanoTime() - started));
    }
  }
}
