package memwall.cli;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules that the compiler cannot check, for the packages below one root: the product's in
 * {@link ArchitectureTest}, and a small copy of its layout with planted faults that shows that
 * every rule can fail.
 */
final class HouseRules {
  /** Packages of the workloads that say what is to be done and know nothing of hardware. */
  private static final List<String> WITHOUT_HARDWARE =
      List.of("workloads.model", "workloads.shard", "workloads.trace", "workloads.operator");

  private static final List<String> HARDWARE_AND_ABOVE =
      List.of(
          "memory",
          "network",
          "workloads.system",
          "workloads.execution",
          "workloads.serving",
          "workloads.run",
          "workloads.analytic",
          "workloads.kernel");

  private static final Set<String> TRANSCENDENTAL =
      Set.of(
          "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp",
          "expm1", "log", "log10", "log1p", "pow", "cbrt", "hypot");

  private static final Set<String> CLOCK_OF_SYSTEM = Set.of("nanoTime", "currentTimeMillis");

  /** What a result must not depend on, and what only the application does. */
  private static final Set<String> ENVIRONMENT_OF_SYSTEM =
      Set.of("exit", "getenv", "getProperty", "getProperties", "identityHashCode");

  private final String root;

  HouseRules(String root) {
    this.root = root;
  }

  /** All rules by name. */
  Map<String, ArchRule> all() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("core", arrow("core", "memory", "network", "workloads", "cli"));
    rules.put("memory", arrow("memory", "network", "workloads", "cli"));
    rules.put("network", arrow("network", "memory", "workloads", "cli"));
    rules.put("workloads", arrow("workloads", "cli"));
    rules.put("no hardware", noHardware());
    rules.put("no cycles", slices().matching(root + ".(**)").should().beFreeOfCycles());
    rules.put("clock", clock());
    rules.put("random", random());
    rules.put("threads", threads());
    rules.put("environment", environment());
    rules.put("math", math());
    rules.put("locale", locale());
    rules.put("units", UnitRules.quantitiesSayTheirUnit(root));
    rules.put("whole", UnitRules.picosecondsAndBytesAreWhole(root));
    return rules;
  }

  private String[] packages(List<String> names) {
    return names.stream().map(name -> root + "." + name + "..").toArray(String[]::new);
  }

  private ArchRule arrow(String from, String... notTo) {
    return noClasses()
        .that()
        .resideInAPackage(root + "." + from + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(List.of(notTo)))
        .because("arrows go core <- memory, core <- network, both <- workloads <- cli");
  }

  private ArchRule noHardware() {
    return noClasses()
        .that()
        .resideInAnyPackage(packages(WITHOUT_HARDWARE))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(HARDWARE_AND_ABOVE))
        .because("models, sharding, traces and operators say bytes and FLOPs, never where or when");
  }

  private ArchRule clock() {
    return outsideCli(
        "read the wall clock",
        target -> {
          String owner = target.getOwner().getName();
          String name = target.getName();
          return (owner.equals("java.lang.System") && CLOCK_OF_SYSTEM.contains(name))
              || (owner.startsWith("java.time.") && name.equals("now"))
              || (owner.equals("java.time.Clock")
                  && (name.startsWith("system") || name.startsWith("tick")))
              || (isConstructor(target) && owner.equals("java.util.Date") && hasNoArguments(target))
              || (owner.equals("java.util.Calendar") && name.equals("getInstance"));
        });
  }

  private ArchRule random() {
    return outsideCli(
        "draw random numbers without a seed",
        target -> {
          String owner = target.getOwner().getName();
          String name = target.getName();
          return (owner.equals("java.lang.Math") && name.equals("random"))
              || (owner.equals("java.lang.StrictMath") && name.equals("random"))
              || (isConstructor(target)
                  && Set.of("java.util.Random", "java.util.SplittableRandom").contains(owner)
                  && hasNoArguments(target))
              || owner.equals("java.util.concurrent.ThreadLocalRandom")
              || owner.equals("java.security.SecureRandom")
              || (owner.startsWith("java.util.random.")
                  && Set.of("of", "getDefault", "create").contains(name))
              || (owner.equals("java.util.UUID") && name.equals("randomUUID"))
              || (owner.equals("java.util.Collections")
                  && name.equals("shuffle")
                  && argumentCount(target) == 1);
        });
  }

  private ArchRule threads() {
    return outsideCli(
        "use threads",
        target -> {
          String owner = target.getOwner().getName();
          String name = target.getName();
          return owner.equals("java.lang.Thread")
              || (owner.startsWith("java.util.concurrent.")
                  && (owner.contains("Executor")
                      || owner.contains("ForkJoin")
                      || owner.endsWith("CompletableFuture")))
              || owner.equals("java.util.Timer")
              || name.equals("parallelStream")
              || (owner.startsWith("java.util.stream.") && name.equals("parallel"))
              || (owner.equals("java.lang.Runtime") && name.equals("addShutdownHook"));
        });
  }

  private ArchRule environment() {
    return outsideCli(
        "print, exit or look at the environment (only the application does)",
        target -> {
          String owner = target.getOwner().getName();
          String name = target.getName();
          return (owner.equals("java.lang.System")
                  && (ENVIRONMENT_OF_SYSTEM.contains(name)
                      || name.equals("out")
                      || name.equals("err")))
              || (name.equals("printStackTrace") && hasNoArguments(target))
              || (owner.equals("java.util.Locale") && name.equals("getDefault"))
              || (owner.equals("java.util.TimeZone") && name.equals("getDefault"))
              || (owner.equals("java.time.ZoneId") && name.equals("systemDefault"));
        });
  }

  private ArchRule math() {
    return outsideCli(
        "call transcendental functions of Math, which may differ between machines; StrictMath's"
            + " do not",
        target ->
            target.getOwner().getName().equals("java.lang.Math")
                && TRANSCENDENTAL.contains(target.getName()));
  }

  /** Everywhere, the application included: what is printed must not depend on the user's locale. */
  private ArchRule locale() {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .accessTargetWhere(
            accessing(
                "depend on the default locale (give Locale.ROOT)",
                target -> {
                  if (!(target instanceof CodeUnitCallTarget call)) {
                    return false;
                  }
                  String name = target.getName();
                  boolean localeGiven =
                      call.getRawParameterTypes().stream()
                          .anyMatch(type -> type.isEquivalentTo(java.util.Locale.class));
                  return switch (target.getOwner().getName()) {
                    case "java.lang.String" ->
                        !localeGiven
                            && Set.of("format", "formatted", "toLowerCase", "toUpperCase")
                                .contains(name);
                    case "java.io.PrintStream", "java.io.PrintWriter" ->
                        !localeGiven && Set.of("printf", "format").contains(name);
                    case "java.util.Formatter", "java.text.DecimalFormatSymbols" ->
                        !localeGiven && isConstructor(target);
                    default -> false;
                  };
                }));
  }

  private ArchRule outsideCli(String what, DescribedTarget forbidden) {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackage(root + ".cli..")
        .should()
        .accessTargetWhere(accessing(what, forbidden));
  }

  /** Says of the target of an access whether it is one of a kind. */
  private interface DescribedTarget {
    boolean test(AccessTarget target);
  }

  private static DescribedPredicate<JavaAccess<?>> accessing(String what, DescribedTarget target) {
    return are(DescribedPredicate.describe(what, access -> target.test(access.getTarget())));
  }

  private static boolean isConstructor(AccessTarget target) {
    return target.getName().equals("<init>");
  }

  private static boolean hasNoArguments(AccessTarget target) {
    return argumentCount(target) == 0;
  }

  private static int argumentCount(AccessTarget target) {
    return target instanceof CodeUnitCallTarget call ? call.getRawParameterTypes().size() : -1;
  }

  /** Whether a class belongs to a package below this root. */
  boolean owns(JavaClass type) {
    return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
  }
}
