package memwall.workloads.analytic;

import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import it.unimi.dsi.fastutil.ints.IntArrayList;

/**
 * The timetable of two sub-batches: each is a list of phases, work on the chip and then work in a
 * memory. The chip takes the phases of both in turn, and waits if what went before in the memory is
 * not done; a memory takes them in that order. The time of the whole is at least that of all work
 * on the chip, and that of all work in any memory, and at most the sum of all.
 */
final class SubBatchSchedule {
  private final Phases[] phases = {new Phases(), new Phases()};
  private final double[] waitedPs;
  private final double[] freePs;
  private double endPs;

  /** Phases of a batch; the last one may be without work in a memory. */
  private static final class Phases {
    final DoubleArrayList chipPs = new DoubleArrayList();
    final DoubleArrayList nearPs = new DoubleArrayList();
    final IntArrayList tiers = new IntArrayList();
    double openPs;

    /** First phase of the operators that {@link #repeat} repeats, and chip work before it. */
    int first;

    double beforePs;
    double readyPs;
    int waitsFor = -1;
  }

  /**
   * An empty timetable.
   *
   * @param tiers memories of the chip
   */
  SubBatchSchedule(int tiers) {
    waitedPs = new double[tiers];
    freePs = new double[tiers];
  }

  /** Appends work on the chip. */
  void chip(int batch, double ps) {
    phases[batch].openPs += ps;
  }

  /** Appends work in a memory. */
  void near(int batch, int tier, double ps) {
    Phases its = phases[batch];
    its.chipPs.add(its.openPs);
    its.nearPs.add(ps);
    its.tiers.add(tier);
    its.openPs = 0;
  }

  /** What was appended since the last call, or the beginning, comes so often in a row. */
  void repeat(int batch, int times) {
    Phases its = phases[batch];
    int end = its.chipPs.size();
    double onlyPs = its.openPs - (end == its.first ? its.beforePs : 0);
    if (end == its.first) {
      its.openPs += onlyPs * (times - 1);
    } else {
      double firstPs = its.chipPs.getDouble(its.first) - its.beforePs;
      double tailPs = its.openPs;
      for (int n = 1; n < times; n++) {
        for (int i = its.first; i < end; i++) {
          its.chipPs.add(i == its.first ? tailPs + firstPs : its.chipPs.getDouble(i));
          its.nearPs.add(its.nearPs.getDouble(i));
          its.tiers.add(its.tiers.getInt(i));
        }
      }
    }
    its.first = its.chipPs.size();
    its.beforePs = its.openPs;
  }

  /** Computes the timetable. */
  void run() {
    int longest = Math.max(phases[0].chipPs.size(), phases[1].chipPs.size());
    for (int i = 0; i <= longest; i++) {
      for (Phases its : phases) {
        take(its, i);
      }
    }
  }

  private void take(Phases its, int i) {
    if (i > its.chipPs.size()) {
      return;
    }
    if (its.readyPs > endPs) {
      waitedPs[its.waitsFor] += its.readyPs - endPs;
      endPs = its.readyPs;
    }
    if (i == its.chipPs.size()) {
      endPs += its.openPs;
      return;
    }
    endPs += its.chipPs.getDouble(i);
    int tier = its.tiers.getInt(i);
    freePs[tier] = Math.max(freePs[tier], endPs) + its.nearPs.getDouble(i);
    its.readyPs = freePs[tier];
    its.waitsFor = tier;
  }

  /** Time for which the chip waited for a memory. */
  double waitedPs(int tier) {
    return waitedPs[tier];
  }

  /** When both batches are done. */
  double endPs() {
    return endPs;
  }
}
