package memwall.workloads.analytic.study;

import java.util.List;

/**
 * A published value beside ours.
 *
 * @param group what it is compared with others of
 * @param file of the question, its name
 * @param sets overrides of the question
 * @param chips of the machine in question
 * @param quantity what is compared
 * @param expected the published value
 * @param simulated ours
 * @param deviation in per cent, or in points of the value's unit where the group counts so
 */
public record Finding(
    String group,
    String file,
    List<String> sets,
    int chips,
    String quantity,
    double expected,
    double simulated,
    double deviation) {}
