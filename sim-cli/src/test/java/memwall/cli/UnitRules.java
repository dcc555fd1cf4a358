package memwall.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A number says its unit in its name. Looked at are fields (record components too) and methods
 * without parameters whose values are long or double, or arrays of those.
 */
final class UnitRules {
  /** Words that name a quantity with a dimension. */
  private static final Set<String> QUANTITIES =
      Set.of(
          "latency",
          "latencies",
          "time",
          "delay",
          "delays",
          "duration",
          "durations",
          "timeout",
          "deadline",
          "interval",
          "capacity",
          "bandwidth",
          "throughput",
          "frequency",
          "energy",
          "power",
          "voltage",
          "temperature",
          "cost",
          "carbon");

  /**
   * Words at the end of a name that give the unit, or say that the number has none. "Per" with what
   * follows is a unit as well.
   */
  private static final Set<String> UNITS =
      Set.of(
          "ps",
          "ns",
          "us",
          "ms",
          "sec",
          "seconds",
          "hours",
          "days",
          "years",
          "ticks",
          "bytes",
          "bits",
          "tokens",
          "pages",
          "units",
          "flops",
          "hz",
          "pj",
          "joules",
          "watts",
          "volts",
          "celsius",
          "kelvin",
          "usd",
          "kg",
          "kwh",
          "co2e",
          "ratio",
          "share",
          "fraction",
          "factor",
          "count",
          "index",
          "percent");

  /** As a quantity's last word these mean "so many times", "a moment's number", not a time. */
  private static final Pattern WORDS = Pattern.compile("[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+");

  private UnitRules() {}

  static ArchRule quantitiesSayTheirUnit(String root) {
    return members()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage(root + "..")
        .should(
            condition(
                "end in a unit if named like a quantity",
                member ->
                    !isNumber(member) || !namesQuantity(member.getName()) || hasUnit(member)));
  }

  static ArchRule picosecondsAndBytesAreWhole(String root) {
    return members()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage(root + "..")
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackages(
            root + ".cli..", root + ".workloads.analytic..", root + ".workloads.kernel..")
        .should(
            condition(
                "be whole numbers if picoseconds or bytes",
                member -> {
                  List<String> words = words(member.getName());
                  String last = words.get(words.size() - 1);
                  return !(last.equals("ps") || last.equals("bytes"))
                      || !isFloating(typeOf(member));
                }));
  }

  private static boolean namesQuantity(String name) {
    return words(name).stream().anyMatch(QUANTITIES::contains);
  }

  private static boolean hasUnit(JavaMember member) {
    List<String> words = words(member.getName());
    int last = words.size() - 1;
    return UNITS.contains(words.get(last)) || (last > 0 && words.get(last - 1).equals("per"));
  }

  /** The words of a name in camel case or in capitals, in lower case. */
  static List<String> words(String name) {
    return WORDS
        .matcher(name)
        .results()
        .map(match -> match.group().toLowerCase(Locale.ROOT))
        .toList();
  }

  private static boolean isNumber(JavaMember member) {
    String type = typeOf(member);
    return type.equals("long") || isFloating(type);
  }

  private static boolean isFloating(String type) {
    return type.equals("double") || type.equals("float");
  }

  /** The primitive type of the member's value, or of the elements if it is an array. */
  private static String typeOf(JavaMember member) {
    JavaClass type =
        member instanceof JavaField field
            ? field.getRawType()
            : member instanceof JavaMethod method ? method.getRawReturnType() : member.getOwner();
    return type.getBaseComponentType().getName();
  }

  /** What {@link #condition} asks of a member. */
  private interface Test {
    boolean holds(JavaMember member);
  }

  private static ArchCondition<JavaMember> condition(String description, Test test) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaMember member, ConditionEvents events) {
        boolean ours =
            !member.getModifiers().contains(JavaModifier.SYNTHETIC)
                && !member.getName().startsWith("lambda$")
                && (member instanceof JavaField
                    || (member instanceof JavaMethod method
                        && method.getRawParameterTypes().isEmpty()));
        if (ours && !test.holds(member)) {
          events.add(
              SimpleConditionEvent.violated(
                  member, member.getFullName() + " does not " + description));
        }
      }
    };
  }
}
