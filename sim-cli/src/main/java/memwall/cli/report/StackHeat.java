package memwall.cli.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import memwall.core.stat.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * What heat did to the stacks of one memory, from its statistics; all stacks of a memory do the
 * same.
 *
 * @param memory path of the memory in the statistics, for example {@code rank0.hbm}
 * @param throttledPs time in which heat held it back
 * @param fastRefreshPs time in which it refreshed more often than normal
 * @param flash what heat did if it is made of flash; null otherwise
 * @param heatJoules heat put into one stack
 * @param engineClockShare mean clock of engines on its logic die while they computed, as a share of
 *     the full one; NaN if it has none
 * @param dies its nodes: memory layers from the logic die on, logic die, lid
 */
public record StackHeat(
    String memory,
    long throttledPs,
    long fastRefreshPs,
    @Nullable Flash flash,
    double heatJoules,
    double engineClockShare,
    List<Die> dies) {
  private static final String MARK = ".stack.";
  private static final String CLOCK = MARK + "engines.clock_share";
  private static final String LIGHT = MARK + "light_ps";
  private static final String SEVERE = MARK + "severe_ps";
  private static final String MAXIMUM = ".temperature.max";

  /**
   * A node of a stack.
   *
   * @param name for example {@code layer0}
   * @param peakCelsius highest temperature
   * @param meanCelsius mean over time
   * @param above85Ps time at or above 85 C
   */
  public record Die(String name, double peakCelsius, double meanCelsius, long above85Ps) {}

  /**
   * Time in the states of flash.
   *
   * @param lightPs in which fewer planes were active
   * @param severePs in which none was, or very few
   */
  public record Flash(long lightPs, long severePs) {}

  /** Copies the list. */
  public StackHeat {
    dies = List.copyOf(dies);
  }

  /** The highest temperature of a memory layer or the logic die. */
  public Die hottest() {
    Die hottest = dies.get(0);
    for (Die die : dies) {
      hottest = die.peakCelsius() > hottest.peakCelsius() ? die : hottest;
    }
    return hottest;
  }

  /** Of every memory that has stacks, in the order of their paths. */
  static List<StackHeat> of(Snapshot snapshot) {
    Map<String, List<Die>> dies = new LinkedHashMap<>();
    Map<String, Double> clocks = new HashMap<>();
    Map<String, Flash> flash = new HashMap<>();
    for (Snapshot.Value value : snapshot.values()) {
      if (value.path().endsWith(CLOCK)) {
        String memory = value.path().substring(0, value.path().length() - CLOCK.length());
        clocks.put(memory, value.number());
      }
      if (value.path().endsWith(LIGHT)) {
        String memory = value.path().substring(0, value.path().length() - LIGHT.length());
        long severePs = Math.round(snapshot.number(memory + SEVERE));
        flash.put(memory, new Flash(Math.round(value.number()), severePs));
      }
      int mark = value.path().lastIndexOf(MARK);
      if (mark >= 0 && value.path().endsWith(MAXIMUM)) {
        String die = value.path().substring(0, value.path().length() - MAXIMUM.length());
        dies.computeIfAbsent(value.path().substring(0, mark), path -> new ArrayList<>())
            .add(
                new Die(
                    die.substring(mark + MARK.length()),
                    value.number(),
                    snapshot.number(die + ".temperature.mean"),
                    Math.round(snapshot.number(die + ".above_85_ps"))));
      }
    }
    List<StackHeat> stacks = new ArrayList<>();
    dies.forEach(
        (memory, its) ->
            stacks.add(
                new StackHeat(
                    memory,
                    Math.round(snapshot.number(memory + MARK + "throttled_ps")),
                    Math.round(snapshot.number(memory + MARK + "fast_refresh_ps")),
                    flash.get(memory),
                    snapshot.number(memory + MARK + "heat_in"),
                    clocks.getOrDefault(memory, Double.NaN),
                    its)));
    return stacks;
  }
}
