package memwall.workloads.analytic.study;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import memwall.core.config.Config;
import memwall.core.config.Faults;

/**
 * A published study.
 *
 * @param name for reports
 * @param source where it was published
 * @param groups of values, each with a law
 * @param targets the published values
 */
public record StudySpec(
    String name, String source, ImmutableList<GroupLaw> groups, ImmutableList<Target> targets) {

  /**
   * Reads a study and its table of values; all faults are thrown together.
   *
   * @throws memwall.core.config.ConfigException if anything is wrong
   */
  public static StudySpec read(Config config, Faults faults) {
    config.integer("memwall", 1, 1, "Version of the file format");
    String name = config.text("name", "Name of the study");
    String source = config.text("study", "Where it was published");
    ImmutableList<GroupLaw> groups =
        config.sections("groups", "Groups of values").stream()
            .map(GroupLaw::read)
            .collect(ImmutableList.toImmutableList());
    Path table = config.file("targets", "Table of the published values, CSV");
    config.finish();
    config.finishAll();
    faults.throwIfAny();
    Set<String> names = new HashSet<>();
    groups.forEach(group -> names.add(group.name()));
    List<Target> targets = TargetTable.read(table, names);
    return new StudySpec(name, source, groups, ImmutableList.copyOf(targets));
  }
}
