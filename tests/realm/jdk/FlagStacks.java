import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;

/**
 * Runs stacks of login modules through the JDK's own LoginContext and prints what it did with each, one line a stack:
 * STACK RESULT LOGIN COMMIT ABORT LOGOUT LEFT.
 *
 * A stack is written as modules joined by a comma; a module is its flag (R required, Q requisite, S sufficient,
 * O optional), its login outcome (T true, F false, X exception) and perhaps its commit
 * outcome (otherwise true when its login was true, else false). RESULT is ok, or the position of the module whose exception was reported, or 0 when all were ignored.
 * LOGIN to LOGOUT are the positions of the modules called, in order; "-" for none. LEFT is the result of logout.
 *
 * Arguments: "login" for every stack of up to four modules, "commit" for every stack of up to three with every
 * commit outcome.
 */
public final class FlagStacks {
  static final String FLAGS = "RQSO";
  static final String OUTCOMES = "TFX";
  static final Map<String, StringBuilder> CALLS = new HashMap<>();

  public static final class Scripted implements LoginModule {
    private int position;
    private char login;
    private char commit;

    public void initialize(Subject subject, CallbackHandler handler, Map<String, ?> shared, Map<String, ?> options) {
      String script = (String) options.get("script");
      position = Integer.parseInt((String) options.get("position"));
      login = script.charAt(1);
      commit = script.length() == 3 ? script.charAt(2) : login == 'X' ? 'F' : login;
    }

    private boolean answer(String phase, char outcome) throws LoginException {
      CALLS.get(phase).append(position);
      if (outcome == 'X') throw new LoginException(Integer.toString(position));
      return outcome == 'T';
    }

    public boolean login() throws LoginException {
      return answer("login", login);
    }

    public boolean commit() throws LoginException {
      return answer("commit", commit);
    }

    public boolean abort() throws LoginException {
      return answer("abort", login);
    }

    public boolean logout() throws LoginException {
      return answer("logout", login);
    }
  }

  static LoginModuleControlFlag flag(char letter) {
    switch (letter) {
      case 'R': return LoginModuleControlFlag.REQUIRED;
      case 'Q': return LoginModuleControlFlag.REQUISITE;
      case 'S': return LoginModuleControlFlag.SUFFICIENT;
      default: return LoginModuleControlFlag.OPTIONAL;
    }
  }

  static String column(String phase) {
    StringBuilder calls = CALLS.get(phase);
    return calls.length() == 0 ? "-" : calls.toString();
  }

  static String reported(LoginException error) {
    String message = error.getMessage();
    return message.length() == 1 ? message : "0";
  }

  static void run(List<String> stack, StringBuilder out) throws Exception {
    AppConfigurationEntry[] entries = new AppConfigurationEntry[stack.size()];
    for (int i = 0; i < entries.length; i++) {
      Map<String, String> options = Map.of("script", stack.get(i), "position", Integer.toString(i + 1));
      entries[i] = new AppConfigurationEntry(Scripted.class.getName(), flag(stack.get(i).charAt(0)), options);
    }
    Configuration configuration = new Configuration() {
      public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return entries;
      }
    };
    for (String phase : List.of("login", "commit", "abort", "logout")) CALLS.put(phase, new StringBuilder());
    LoginContext context = new LoginContext("stack", new Subject(), null, configuration);
    String result = "ok";
    try {
      context.login();
    } catch (LoginException error) {
      result = reported(error);
    }
    String left = "ok";
    if (result.equals("ok")) {
      try {
        context.logout();
      } catch (LoginException error) {
        left = reported(error);
      }
    }
    out.append(String.join(",", stack)).append(' ').append(result).append(' ').append(column("login")).append(' ')
        .append(column("commit")).append(' ').append(column("abort")).append(' ').append(column("logout")).append(' ')
        .append(left).append('\n');
  }

  static void each(List<String> modules, int length, List<String> stack, StringBuilder out) throws Exception {
    if (length == 0) {
      run(stack, out);
      return;
    }
    for (String module : modules) {
      stack.add(module);
      each(modules, length - 1, stack, out);
      stack.remove(stack.size() - 1);
    }
  }

  public static void main(String[] arguments) throws Exception {
    boolean commits = arguments[0].equals("commit");
    List<String> modules = new ArrayList<>();
    for (char flag : FLAGS.toCharArray()) {
      for (char login : OUTCOMES.toCharArray()) {
        if (!commits) modules.add("" + flag + login);
        else for (char commit : OUTCOMES.toCharArray()) modules.add("" + flag + login + commit);
      }
    }
    StringBuilder out = new StringBuilder();
    for (int length = 1; length <= (commits ? 3 : 4); length++) each(modules, length, new ArrayList<>(), out);
    System.out.print(out);
  }
}
