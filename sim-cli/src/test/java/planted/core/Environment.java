package planted.core;

import java.time.ZoneId;
import java.util.Locale;

/** Does what only the application does. */
@SuppressWarnings("SystemOut")
final class Environment {
  void print() {
    System.out.println();
  }

  void complain() {
    System.err.println();
  }

  void exit() {
    System.exit(1);
  }

  String variable() {
    return System.getenv("HOME");
  }

  String property() {
    return System.getProperty("user.dir");
  }

  int identity() {
    return System.identityHashCode(this);
  }

  void trace(RuntimeException e) {
    e.printStackTrace();
  }

  Locale locale() {
    return Locale.getDefault();
  }

  ZoneId zone() {
    return ZoneId.systemDefault();
  }
}
