package memwall.workloads.analytic.study;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import memwall.core.config.Config;
import memwall.core.config.ConfigException;
import memwall.core.config.ConfigLoader;
import memwall.core.config.Faults;
import memwall.core.config.Presets;
import memwall.workloads.analytic.plan.Mapping;
import memwall.workloads.analytic.plan.PlanResult;
import memwall.workloads.analytic.plan.PlanSpec;
import memwall.workloads.analytic.plan.Planner;

/**
 * Answers the questions of a study with the planner and compares the answers with what was
 * published.
 *
 * <p>A machine may be used as several smaller ones. Studies do not say which of nearly equal
 * mappings they took: of those within the ties of the question, the one nearest to all values of a
 * cell (same question, machine and group) counts, but for throughput, which is that of the best.
 */
public final class Study {
  private final StudySpec spec;
  private final Presets presets;
  private final Map<List<Object>, Answer> answers = new HashMap<>();

  /** A study. */
  public Study(StudySpec spec, Presets presets) {
    this.spec = spec;
    this.presets = presets;
  }

  private record Answer(List<PlanResult> results, double tiePercent) {}

  /** Values of one cell of a figure. */
  private record Cell(String group, Path plan, List<String> sets, int chips) {}

  /**
   * All values, in the order of the table's cells.
   *
   * @throws ConfigException if a question has faults, or nothing fits where something was published
   */
  public ImmutableList<Finding> findings() {
    Map<Cell, List<Target>> cells = new LinkedHashMap<>();
    for (Target target : spec.targets()) {
      Cell cell = new Cell(target.group(), target.plan(), target.sets(), target.chips());
      cells.computeIfAbsent(cell, key -> new ArrayList<>()).add(target);
    }
    ImmutableList.Builder<Finding> findings = ImmutableList.builder();
    cells.values().forEach(targets -> findings.addAll(nearest(targets)));
    return findings.build();
  }

  private List<Finding> nearest(List<Target> targets) {
    Target first = targets.get(0);
    List<Finding> best = List.of();
    double least = Double.POSITIVE_INFINITY;
    for (Mapping mapping : mappings(first, first.plan(), first.chips())) {
      List<Finding> findings = new ArrayList<>();
      double sum = 0;
      for (Target target : targets) {
        Finding finding = finding(target, mapping);
        findings.add(finding);
        sum += Math.abs(finding.deviation());
      }
      if (sum < least) {
        least = sum;
        best = findings;
      }
      if (first.quantity() == Target.Quantity.TOKENS_PER_SECOND_AND_CHIP) {
        break;
      }
    }
    return best;
  }

  private Finding finding(Target target, Mapping mapping) {
    double value = target.quantity().of(mapping);
    Path baseline = target.baseline();
    if (baseline != null) {
      value /= target.quantity().of(mappings(target, baseline, target.baselineChips()).get(0));
    }
    GroupLaw law = law(target.group());
    double deviation =
        switch (law.measure()) {
          case PERCENT -> 100 * (value / target.expected() - 1);
          case POINTS -> (baseline == null ? 1 : 100) * (value - target.expected());
        };
    return new Finding(
        target.group(),
        String.valueOf(target.plan().getFileName()),
        target.sets(),
        target.chips(),
        target.quantity().name().toLowerCase(Locale.ROOT),
        target.expected(),
        value,
        deviation);
  }

  private GroupLaw law(String name) {
    for (GroupLaw law : spec.groups()) {
      if (law.name().equals(name)) {
        return law;
      }
    }
    throw new IllegalStateException("no group " + name); // Refused by the table.
  }

  /** Mappings within the ties of the best, of so many chips or fewer, the best first. */
  private List<Mapping> mappings(Target target, Path plan, int chips) {
    Answer answer =
        answers.computeIfAbsent(List.of(plan, target.sets()), key -> ask(plan, target.sets()));
    List<Mapping> all = new ArrayList<>();
    for (PlanResult result : answer.results()) {
      if (result.chips() <= chips) {
        all.addAll(result.best());
      }
    }
    if (all.isEmpty()) {
      throw new ConfigException(
          List.of(plan + ": nothing fits on " + chips + " chips, where a value was published"));
    }
    all.sort(Comparator.comparingDouble(Mapping::tokensPerSecAndChip).reversed());
    double least = all.get(0).tokensPerSecAndChip() * (1 - answer.tiePercent() / 100);
    return all.stream().filter(mapping -> mapping.tokensPerSecAndChip() >= least).toList();
  }

  private Answer ask(Path plan, List<String> sets) {
    Faults faults = new Faults();
    Config config = ConfigLoader.load(plan, sets, presets, faults);
    PlanSpec question = PlanSpec.read(config, faults);
    return new Answer(new Planner(question).plan(), question.tiePercent());
  }

  /**
   * How far a group is off.
   *
   * @param law of the group
   * @param values of it
   * @param median of the deviations, signs left out
   * @param p90 their 90th percentile
   * @param most the largest
   */
  public record Verdict(GroupLaw law, int values, double median, double p90, double most) {
    /** Whether the law is kept. */
    public boolean holds() {
      return median <= law.median() && p90 <= law.p90();
    }
  }

  /** A verdict for each group that has values. */
  public ImmutableList<Verdict> verdicts(List<Finding> findings) {
    ImmutableList.Builder<Verdict> verdicts = ImmutableList.builder();
    for (GroupLaw law : spec.groups()) {
      double[] sorted =
          findings.stream()
              .filter(finding -> finding.group().equals(law.name()))
              .mapToDouble(finding -> Math.abs(finding.deviation()))
              .sorted()
              .toArray();
      if (sorted.length > 0) {
        verdicts.add(
            new Verdict(
                law,
                sorted.length,
                sorted[sorted.length / 2],
                sorted[(int) (0.9 * sorted.length)],
                sorted[sorted.length - 1]));
      }
    }
    return verdicts.build();
  }
}
