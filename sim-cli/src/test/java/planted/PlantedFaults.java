package planted;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which rule is broken where: every entry must turn up in what the rule says, and nothing else. */
public final class PlantedFaults {
  public static final Map<String, List<String>> BY_RULE = new TreeMap<>();

  static {
    BY_RULE.put("core", List.of("planted.core.KnowsMemory", "planted.core.KnowsCli"));
    BY_RULE.put("memory", List.of("planted.memory.KnowsNetwork"));
    BY_RULE.put("network", List.of("planted.network.KnowsMemory"));
    BY_RULE.put("workloads", List.of("planted.workloads.system.KnowsCli"));
    BY_RULE.put(
        "no hardware",
        List.of(
            "planted.workloads.model.KnowsMemory",
            "planted.workloads.model.KnowsSystem",
            "planted.workloads.model.KnowsServing"));
    BY_RULE.put("no cycles", List.of("Slice core", "Slice memory"));
    BY_RULE.put(
        "clock",
        List.of(
            "Clocks.nanos",
            "Clocks.millis",
            "Clocks.instant",
            "Clocks.date",
            "Clocks.clock",
            "Clocks.oldDate",
            "Clocks.calendar"));
    BY_RULE.put(
        "random",
        List.of(
            "Randoms.math",
            "Randoms.unseeded",
            "Randoms.splittable",
            "Randoms.threadLocal",
            "Randoms.generator",
            "Randoms.uuid",
            "Randoms.secure",
            "Randoms.shuffle"));
    BY_RULE.put(
        "threads",
        List.of(
            "Threads.thread",
            "Threads.executor",
            "Threads.future",
            "Threads.parallel",
            "Threads.parallelOfCollection",
            "Threads.timer",
            "Threads.hook"));
    BY_RULE.put(
        "environment",
        List.of(
            "Environment.print",
            "Environment.complain",
            "Environment.exit",
            "Environment.variable",
            "Environment.property",
            "Environment.identity",
            "Environment.trace",
            "Environment.locale",
            "Environment.zone"));
    BY_RULE.put("math", List.of("Maths.logarithm", "Maths.power", "Maths.sine"));
    BY_RULE.put(
        "locale",
        List.of(
            "Locales.format",
            "Locales.formatted",
            "Locales.lower",
            "Locales.upper",
            "Locales.print",
            "planted.cli.Application"));
    BY_RULE.put(
        "units",
        List.of(
            "Quantities.readLatency",
            "Quantities$Memory.capacity",
            "Quantities.delays",
            "Quantities.TIMEOUT",
            "Quantities.powerLimit",
            "Quantities.linkBandwidth("));
    BY_RULE.put("whole", List.of("Quantities.meanPs", "Quantities.pageBytes"));
  }

  private PlantedFaults() {}
}
