package memwall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import planted.PlantedFaults;

/**
 * Holds the code to the rules of the house, and shows for each rule that it notices a fault: the
 * classes below {@code planted} break every rule once, and the class that breaks it says which.
 */
final class ArchitectureTest {
  private static final List<String> MODULES =
      List.of("sim-core", "sim-memory", "sim-network", "sim-workloads", "sim-cli");

  private static JavaClasses product;
  private static JavaClasses faults;

  @BeforeAll
  static void readClasses() {
    product = read("classes");
    faults = new ClassFileImporter().importPackages("planted");
  }

  private static JavaClasses read(String folder) {
    Path root = Path.of(System.getProperty("memwall.root", ".."));
    List<Path> folders = new ArrayList<>();
    for (String module : MODULES) {
      if (folder.equals("test-classes") && !Files.exists(root.resolve(module + "/src/test/java"))) {
        continue;
      }
      Path classes = root.resolve(module).resolve("target").resolve(folder);
      assertThat(classes).as("compiled classes of %s", module).isDirectory();
      folders.add(classes);
    }
    return new ClassFileImporter().importPaths(folders);
  }

  @TestFactory
  Stream<DynamicTest> productKeeps() {
    return new HouseRules("memwall")
        .all().entrySet().stream()
            .map(rule -> dynamicTest(rule.getKey(), () -> keeps(rule.getValue())));
  }

  private static void keeps(ArchRule rule) {
    List<String> broken = rule.evaluate(product).getFailureReport().getDetails().stream().toList();
    assertThat(broken).as(rule.getDescription()).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> notices() {
    Map<String, ArchRule> rules = new HouseRules("planted").all();
    assertThat(PlantedFaults.BY_RULE.keySet()).isEqualTo(rules.keySet());
    return rules.entrySet().stream()
        .map(rule -> dynamicTest(rule.getKey(), () -> notices(rule.getKey(), rule.getValue())));
  }

  private static void notices(String name, ArchRule rule) {
    List<String> details = rule.evaluate(faults).getFailureReport().getDetails();
    for (String fault : PlantedFaults.BY_RULE.get(name)) {
      assertThat(details)
          .as("what rule '%s' says of '%s'", name, fault)
          .anySatisfy(detail -> assertThat(detail).contains(fault));
    }
    // And nobody else is accused: every planted class that is not meant by this rule keeps it.
    for (String detail : details) {
      assertThat(PlantedFaults.BY_RULE.get(name)).as(detail).anyMatch(detail::contains);
    }
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(notNullMarked(product, "memwall")).isEmpty();
  }

  @Test
  void noticesPackageThatIsNotNullMarked() {
    assertThat(notNullMarked(faults, "planted")).contains("planted.core").doesNotContain("planted");
  }

  private static List<String> notNullMarked(JavaClasses classes, String root) {
    HouseRules rules = new HouseRules(root);
    TreeSet<String> missing = new TreeSet<>();
    for (JavaClass type : classes) {
      JavaPackage home = type.getPackage();
      if (rules.owns(type) && !home.isAnnotatedWith(NullMarked.class)) {
        missing.add(home.getName());
      }
    }
    return List.copyOf(missing);
  }

  @Test
  void noTestIsLeftOut() {
    JavaClasses tests = read("test-classes").that(isOutside("planted"));
    assertThat(tests).hasSizeGreaterThan(MODULES.size());
    assertThat(TestClassRules.leftOut(tests)).isEmpty();
  }

  @Test
  void noticesTestsThatAreLeftOut() {
    assertThat(TestClassRules.leftOut(faults))
        .containsExactlyInAnyOrder(
            "planted.tests.Misnamed has tests but its name does not end in 'Test'",
            "planted.tests.Hidden$Inner is an inner class without @Nested: JUnit does not run it",
            "planted.tests.Hidden has tests but its name does not end in 'Test'",
            "planted.tests.Hidden.secret() is private: JUnit does not run it",
            "planted.tests.Hidden.common() is static: JUnit does not run it");
  }

  private static DescribedPredicate<JavaClass> isOutside(String root) {
    return DescribedPredicate.describe(
        "outside of " + root, type -> !type.getPackageName().startsWith(root));
  }

  /** Every class of the product was read: as many as there are class files. */
  @Test
  void readsEveryClass() throws IOException {
    long files = 0;
    Path root = Path.of(System.getProperty("memwall.root", ".."));
    for (String module : MODULES) {
      try (Stream<Path> all = Files.walk(root.resolve(module).resolve("target/classes"))) {
        files += all.filter(file -> file.toString().endsWith(".class")).count();
      }
    }
    assertThat((long) product.size()).isEqualTo(files).isGreaterThan(100);
  }

  @Test
  void splitsNamesIntoWords() {
    assertThat(UnitRules.words("readLatencyPs")).containsExactly("read", "latency", "ps");
    assertThat(UnitRules.words("MAX_CAPACITY_BYTES")).containsExactly("max", "capacity", "bytes");
    assertThat(UnitRules.words("gramsCo2e")).containsExactly("grams", "co2e");
    assertThat(UnitRules.words("timeMSFraction")).contains("time", "fraction");
  }
}
