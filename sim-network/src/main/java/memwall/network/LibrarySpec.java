package memwall.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import memwall.core.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * A library of collectives: which implementation of all-reduce it takes for which number of ranks
 * and which size, and what it costs to launch it.
 *
 * @param name chosen by {@code all_reduce: name}
 * @param rules the first one that holds is taken; the last one holds always
 */
public record LibrarySpec(String name, List<LibraryRule> rules) {
  /** Copies the list. */
  public LibrarySpec {
    rules = List.copyOf(rules);
  }

  /** The rule for so many ranks and bytes. */
  LibraryRule rule(int ranks, long bytes) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).holds(ranks, bytes)) {
        return rules.get(i);
      }
    }
    throw new IllegalStateException("library '" + name + "' has no rule"); // Refused at the start.
  }

  static List<LibrarySpec> read(Config config) {
    List<LibrarySpec> libraries = new ArrayList<>();
    for (String name : config.keys()) {
      Config library = config.section(name, "A library");
      List<LibraryRule> rules = new ArrayList<>();
      for (Config rule : library.sections("rules", "What it does, first that holds")) {
        rules.add(LibraryRule.read(rule));
      }
      library.finish();
      libraries.add(new LibrarySpec(name, rules));
    }
    config.finish();
    return libraries;
  }

  /** What makes these libraries impossible with these implementations, or null. */
  static @Nullable String contradiction(
      List<LibrarySpec> libraries, List<AllReduceSpec> implementations) {
    Set<String> taken = new HashSet<>(Set.of(NetworkSpec.AUTO));
    implementations.forEach(one -> taken.add(one.name()));
    Set<String> before = new HashSet<>();
    for (LibrarySpec library : libraries) {
      String where = "library '" + library.name() + "'";
      if (taken.contains(library.name()) || before.contains(library.name())) {
        return where + ": names must differ from each other, from implementations and from 'auto'";
      }
      int count = library.rules().size();
      if (count == 0 || !library.rules().get(count - 1).isUnlimited()) {
        return where + ": its last rule must hold always, without min_ranks, max_ranks, max_size";
      }
      for (int i = 0; i < count; i++) {
        String wrong = contradiction(library.rules().get(i), before, implementations);
        if (wrong != null) {
          return where + ", rule " + (i + 1) + ": " + wrong;
        }
      }
      before.add(library.name());
    }
    return null;
  }

  private static @Nullable String contradiction(
      LibraryRule rule, Set<String> before, List<AllReduceSpec> implementations) {
    if (rule.use().size() == 1 && before.contains(rule.use().get(0))) {
      return null;
    }
    boolean always = false;
    for (String name : rule.use()) {
      AllReduceSpec found = null;
      for (AllReduceSpec one : implementations) {
        found = one.name().equals(name) ? one : found;
      }
      if (found == null) {
        return "'"
            + name
            + "' is not an implementation"
            + (rule.use().size() == 1 ? " or a library before it" : "")
            + ", known are "
            + implementations.stream().map(AllReduceSpec::name).toList();
      }
      always |= found.minRanks() <= rule.minRanks() && found.maxBytes() >= rule.maxBytes();
    }
    return always
        ? null
        : "one of "
            + rule.use()
            + " must be without min_ranks and max_size, or with such as the rule allows";
  }
}
