package memwall.memory.pnm;

import com.google.common.collect.ImmutableList;
import memwall.core.unit.Units;
import memwall.memory.dram.channel.AllBankProgram.Step;
import memwall.memory.dram.channel.AllBankSpec;
import memwall.memory.dram.standard.DramDevice;
import memwall.memory.dram.standard.DramEnergy;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.dram.standard.Level;
import memwall.memory.dram.standard.Reach;

/**
 * A DRAM whose banks compute. A <i>unit</i> is a range of banks that hears commands together, a
 * <i>processor</i> is a multiplier with its registers, attached to one or more banks of a unit.
 *
 * @param name for reports
 * @param dram the memory
 * @param reach where the processors sit: at the bank or at the bank group
 * @param compute how commands are carried out
 * @param timings their spacing
 * @param banksPerProcessor banks that a processor reads one after the other
 * @param inputBytes input that a processor holds at once, at least one burst
 * @param accumulators results that a processor holds at once, at least 1
 * @param resultBytes bytes that are read out for each result: the number, or one for each lane
 * @param vectorsPerPass vectors that one multiply serves, at least 1
 * @param formats what it multiplies
 * @param launchPs what the host needs around a kernel: launch, fences, waiting for its end
 * @param multiplyPj energy of one product and its addition
 * @param vectorFlopsPerSec rate of the logic that computes softmax and adds partial results, of the
 *     whole device; 0: the host does it, at no time
 * @param headPipelining whether the softmax of a head goes on beside the scores of the next one
 */
public record PimSpec(
    String name,
    DramDevice dram,
    Reach reach,
    AllBankSpec compute,
    PimTimings timings,
    int banksPerProcessor,
    long inputBytes,
    int accumulators,
    int resultBytes,
    int vectorsPerPass,
    ImmutableList<NumberFormat> formats,
    long launchPs,
    double multiplyPj,
    long vectorFlopsPerSec,
    boolean headPipelining) {

  private static final double FEMTOS_PER_SECOND = 1e15;

  /** Checks what the parts must have in common. */
  public PimSpec {
    if (banksPerProcessor < 1
        || accumulators < 1
        || resultBytes < 1
        || vectorsPerPass < 1
        || formats.isEmpty()
        || launchPs < 0
        || vectorFlopsPerSec < 0) {
      throw new IllegalArgumentException("amounts of in-memory compute must be positive");
    }
    int banks = unitBanks(dram.standard(), compute.level());
    if (banks % banksPerProcessor != 0 || banks % compute.activateBanks() != 0) {
      throw new IllegalArgumentException(
          "processors and activates must divide the " + banks + " banks of a unit");
    }
    if (inputBytes < dram.standard().burstBytes()) {
      throw new IllegalArgumentException("the input must hold at least one burst");
    }
  }

  /** Banks below a node of a level. */
  static int unitBanks(DramStandard standard, int level) {
    int banks = standard.banks();
    for (int i = 0; i <= level; i++) {
      banks /= standard.levels().get(i).count();
    }
    return banks;
  }

  /** The same device with other spacing of commands. */
  PimSpec with(PimTimings others) {
    return new PimSpec(
        name,
        dram,
        reach,
        compute,
        others,
        banksPerProcessor,
        inputBytes,
        accumulators,
        resultBytes,
        vectorsPerPass,
        formats,
        launchPs,
        multiplyPj,
        vectorFlopsPerSec,
        headPipelining);
  }

  /** What a bank holds of matrices: a processor reaches no more than that of each of its banks. */
  public long shardBytes() {
    int rows = dram.standard().rows() - (timings.registerRow() ? 1 : 0);
    return (long) dram.standard().bursts() * dram.standard().burstBytes() * rows;
  }

  /** Power of rows, columns and products while long runs of rows are read, watts. */
  public double streamWatts() {
    PimPower power = new PimPower(this);
    double commandsPerRow = (double) dram.standard().bursts() * banksPerProcessor;
    double rowPj =
        power.activatePj() * unitBanks() / compute.activateBanks()
            + power.multiplyPj() * commandsPerRow;
    return rowPj / rowPicos() * dram.channels() * units();
  }

  /** The standard with all-bank commands. */
  public DramStandard standard() {
    return PimRules.extended(dram.standard(), compute, timings);
  }

  /** Banks of a unit. */
  public int unitBanks() {
    return unitBanks(dram.standard(), compute.level());
  }

  /** Units of a channel. */
  public int units() {
    return dram.standard().banks() / unitBanks();
  }

  /** Processors of a unit. */
  public int processors() {
    return unitBanks() / banksPerProcessor;
  }

  /** Processors of the device. */
  public long allProcessors() {
    return (long) processors() * units() * dram.channels();
  }

  /** Data buses that a burst of input or results to a unit uses at once. */
  public int buses() {
    int buses = 1;
    for (int i = compute.level() + 1; i < dram.standard().levels().size(); i++) {
      Level level = dram.standard().levels().get(i);
      buses *= level.name().equals("pseudochannel") ? level.count() : 1;
    }
    return buses;
  }

  private double multiplySeconds() {
    PimClosedForm form = new PimClosedForm(standard(), compute, timings, unitBanks());
    return form.multiplyTicks() * (dram.standard().tickFemtos() / FEMTOS_PER_SECOND);
  }

  /** Rate at which the processors of the device read while they multiply, rows being open. */
  public double internalBytesPerSec() {
    return allProcessors() * (double) dram.standard().burstBytes() / multiplySeconds();
  }

  /**
   * Rate at which they read long runs of rows: with opening and closing them, without refresh and
   * input.
   */
  public double streamBytesPerSec() {
    return allProcessors()
        * (double) dram.standard().burstBytes()
        * (dram.standard().bursts() * banksPerProcessor)
        / rowPicos()
        * Units.PS_PER_SECOND;
  }

  /** Time of a row of every bank among many, picoseconds. */
  private double rowPicos() {
    PimClosedForm form = new PimClosedForm(standard(), compute, timings, unitBanks());
    int multiplies = dram.standard().bursts() * banksPerProcessor;
    long ticks = form.ticks(rows(101, multiplies), 0) - form.ticks(rows(1, multiplies), 0);
    return ticks / 100.0 * dram.standard().tickFemtos() / 1000.0;
  }

  private static StepProgram rows(int rows, int multiplies) {
    StepProgram program = new StepProgram();
    int loop = program.loop(rows);
    program.activate(0);
    program.times(Step.MULTIPLY, multiplies);
    program.precharge();
    program.close(loop, 0);
    return program;
  }

  /** FLOPs per second of the device while it multiplies: two per product. */
  public double peakFlopsPerSec(NumberFormat format) {
    return internalBytesPerSec() / format.bytes() * 2 * vectorsPerPass;
  }

  /**
   * What kernels cost the memory beyond rows and standby: bytes read by processors, bytes of input
   * and of results between them and the host.
   */
  public EnergyBreakdown energy(long bankBytes, long inputBytes, long resultBytes) {
    DramEnergy table = dram.energy();
    return PimEnergy.columns(table, reach, bankBytes * 8.0)
        .plus(PimEnergy.transfers(table.write(), reach, inputBytes * 8.0))
        .plus(PimEnergy.transfers(table.read(), reach, resultBytes * 8.0));
  }

  /** Energy to bring a bit from its cell to a processor, whole rows being read. */
  public double readPjPerBit() {
    return dram.energy().streamPjPerBit(dram.standard(), reach);
  }
}
