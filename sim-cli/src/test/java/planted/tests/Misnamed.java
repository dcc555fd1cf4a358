package planted.tests;

import org.junit.jupiter.api.Test;

/** Surefire does not look into classes of such a name. */
@SuppressWarnings("JUnitMethodDeclaration")
final class Misnamed {
  @Test
  void isNeverRun() {}
}
