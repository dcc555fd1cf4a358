package planted.tests;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tests that JUnit does not run; the class is named so that Surefire does not warn of them. */
@SuppressWarnings({"JUnitMethodDeclaration", "ClassCanBeStatic", "unused"})
final class Hidden {
  @Test
  private void secret() {}

  @Test
  static void common() {}

  final class Inner {
    @Test
    void isNeverRun() {}
  }

  @Nested
  final class Proper {
    @Test
    void isRunIfHiddenIs() {}
  }
}
