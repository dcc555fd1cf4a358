package memwall.memory.dram.standard;

import com.google.common.collect.ImmutableList;

/**
 * One constraint of a standard: after any of the commands {@code after} at a node of a level, none
 * of the commands {@code before} may be issued under the same node (or, for {@code sibling}, under
 * its sisters) until {@code ticks} have passed since the {@code window}-th last of them.
 *
 * <p>Commands are dated by their first clock cycle; the ticks already contain what commands of
 * several cycles add or take (the device acts on the last cycle of a command).
 *
 * @param level index of the level
 * @param after commands that start the time
 * @param before commands that wait for its end
 * @param ticks clock ticks from issue to issue
 * @param window 1: counted from the last of them; 4: from the fourth last (tFAW)
 * @param sibling the rule holds between sister nodes, not inside one
 * @param name JEDEC name of what it enforces, such as {@code tRCD} or {@code tCCD_L}
 */
public record TimingRule(
    int level,
    ImmutableList<Command> after,
    ImmutableList<Command> before,
    long ticks,
    int window,
    boolean sibling,
    String name) {}
