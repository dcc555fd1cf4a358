package memwall.cli;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds tests that Surefire or JUnit would leave out without a word. */
final class TestClassRules {
  private static final String TESTABLE = "org.junit.platform.commons.annotation.Testable";
  private static final String NESTED = "org.junit.jupiter.api.Nested";

  private TestClassRules() {}

  /** One sentence for every test that would be left out; empty if all run. */
  static List<String> leftOut(JavaClasses classes) {
    Set<String> faults = new TreeSet<>();
    for (JavaClass type : classes) {
      boolean hasTests = false;
      for (JavaMethod method : type.getMethods()) {
        if (!isTest(method)) {
          continue;
        }
        hasTests = true;
        if (method.getModifiers().contains(JavaModifier.PRIVATE)) {
          faults.add(method.getFullName() + " is private: JUnit does not run it");
        }
        if (method.getModifiers().contains(JavaModifier.STATIC)) {
          faults.add(method.getFullName() + " is static: JUnit does not run it");
        }
      }
      if (hasTests && !isAbstract(type)) {
        checkName(type, faults);
      }
    }
    return List.copyOf(faults);
  }

  private static void checkName(JavaClass type, Set<String> faults) {
    JavaClass outer = type;
    while (outer.getEnclosingClass().isPresent()) {
      if (!outer.isMetaAnnotatedWith(NESTED)) {
        faults.add(outer.getName() + " is an inner class without @Nested: JUnit does not run it");
      }
      outer = outer.getEnclosingClass().get();
    }
    if (!outer.getSimpleName().endsWith("Test")) {
      faults.add(outer.getName() + " has tests but its name does not end in 'Test'");
    }
  }

  private static boolean isTest(JavaMethod method) {
    return method.isMetaAnnotatedWith(TESTABLE) || method.isAnnotatedWith("org.junit.Test");
  }

  private static boolean isAbstract(JavaClass type) {
    return type.isInterface() || type.getModifiers().contains(JavaModifier.ABSTRACT);
  }
}
