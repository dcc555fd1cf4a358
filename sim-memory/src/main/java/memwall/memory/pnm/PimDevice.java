package memwall.memory.pnm;

import memwall.core.unit.Units;
import memwall.memory.dram.channel.ControllerSpec;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.channel.TickClock;
import memwall.memory.dram.standard.Command;
import memwall.memory.dram.standard.DramActivity;
import memwall.memory.dram.standard.DramEnergy;
import memwall.memory.dram.standard.DramStandard;
import memwall.memory.dram.standard.EnergyBreakdown;
import memwall.memory.dram.standard.Reach;

/**
 * One or more equal devices whose banks compute, each kernel on fresh channels at rest. All
 * channels carry out the same program on the same state, so one is simulated, exactly, and stands
 * for all.
 */
public final class PimDevice {
  private static final long LONGEST_TICKS = Long.MAX_VALUE / 8;

  private final PimSpec spec;
  private final ControllerSpec controller;
  private final DramStandard standard;
  private final int devices;

  /**
   * Devices that share each kernel.
   *
   * @param devices how many, at least 1
   */
  public PimDevice(PimSpec spec, ControllerSpec controller, int devices) {
    if (devices < 1) {
      throw new IllegalArgumentException(devices + " devices; at least 1 is needed");
    }
    this.spec = spec;
    this.controller = controller;
    this.devices = devices;
    standard = spec.standard();
  }

  /** Length of so many ticks in picoseconds, rounded up. */
  static long picos(DramStandard standard, long ticks) {
    return new TickClock(standard.tickFemtos()).ps(ticks);
  }

  /**
   * Runs a kernel.
   *
   * @throws IllegalArgumentException if it does not fit, saying what was given and what is allowed
   */
  public PimResult run(PimKernel kernel, HostLoad host) {
    PimPlan plan = PimPlan.of(spec, devices, kernel);
    DramChannel channel = new DramChannel(standard, controller, spec.compute());
    HostTraffic traffic = new HostTraffic(channel, host, standard.dataBuses());
    Progress progress = new Progress();
    channel.onProgram(progress::completed);
    progress.running = channel.units();
    for (int unit = 0; unit < channel.units(); unit++) {
      channel.begin(unit, plan.program().fresh());
    }
    while (progress.running > 0) {
      traffic.step(LONGEST_TICKS);
    }
    PimEnergy energy = energy(channel, plan, progress.lastTick);
    long refreshes = channel.commands(Command.REFAB) + channel.commands(Command.REFPB);
    traffic.close();
    while (!traffic.isDone()) {
      traffic.step(channel.nowTicks() + standard.refreshTicks());
    }
    return result(kernel, plan, progress, channel, refreshes, energy, traffic.latency());
  }

  /**
   * The host alone for so long, for comparison with its latencies beside a kernel.
   *
   * @param ticks how long it reads
   */
  public HostLatency hostAlone(HostLoad host, long ticks) {
    DramChannel channel = new DramChannel(standard, controller, spec.compute());
    HostTraffic traffic = new HostTraffic(channel, host, standard.dataBuses());
    while (channel.nowTicks() < ticks) {
      traffic.step(ticks);
    }
    traffic.close();
    while (!traffic.isDone()) {
      traffic.step(channel.nowTicks() + standard.refreshTicks());
    }
    return traffic.latency();
  }

  private static final class Progress {
    int running;
    long lastTick;
    long ranTicks;

    void completed(int unit, long began, long ran, long done) {
      running--;
      lastTick = Math.max(lastTick, done);
      ranTicks = Math.max(ranTicks, ran - began);
    }
  }

  private PimResult result(
      PimKernel kernel,
      PimPlan plan,
      Progress progress,
      DramChannel channel,
      long refreshes,
      PimEnergy energy,
      HostLatency host) {
    PimClosedForm form =
        new PimClosedForm(standard, spec.compute(), spec.timings(), spec.unitBanks());
    long held = 0;
    for (int unit = 0; unit < channel.units(); unit++) {
      held = Math.max(held, channel.heldTicks(unit));
    }
    double hostRate = (double) spec.dram().peakBytesPerSec() * devices;
    return new PimResult(
        spec.launchPs() + picos(standard, progress.lastTick),
        picos(standard, progress.ranTicks),
        spec.launchPs() + picos(standard, form.ticks(plan.program(), 0)),
        bound(plan),
        picos(standard, held),
        refreshes,
        kernel.multiplications(),
        plan.slots(),
        kernel.matrixBytes(),
        plan.bankBytes(),
        plan.inputBytes(),
        plan.resultBytes(),
        activates(channel) * spec.dram().channels() * devices,
        plan.rowsUsed(),
        plan.additions(),
        energy,
        (long) Math.ceil(kernel.matrixBytes() / hostRate * Units.PS_PER_SECOND),
        kernel.matrixBytes() * 8.0 * energyTable().streamPjPerBit(standard, Reach.HOST),
        host);
  }

  private long bound(PimPlan plan) {
    return (long)
        Math.ceil(plan.bankBytes() / (spec.internalBytesPerSec() * devices) * Units.PS_PER_SECOND);
  }

  private DramEnergy energyTable() {
    return spec.dram().energy();
  }

  private long activates(DramChannel channel) {
    return channel.commands(Command.ACTAB) * spec.compute().activateBanks();
  }

  // Counts of the channel at the end of the kernel, times the channels that it stands for.
  private PimEnergy energy(DramChannel channel, PimPlan plan, long ticks) {
    long copies = (long) spec.dram().channels() * devices;
    long openPs = 0;
    for (int scope = 0; scope < channel.scopes(); scope++) {
      openPs += picos(standard, channel.openTicks(scope));
    }
    long allPs = picos(standard, ticks) * channel.scopes();
    long hostActivates = channel.commands(Command.ACT) + channel.commands(Command.ACT1);
    DramActivity activity =
        new DramActivity(
            (activates(channel) + hostActivates) * copies,
            channel.reads() * copies,
            channel.writes() * copies,
            channel.commands(Command.REFAB) * copies,
            channel.commands(Command.REFPB) * copies,
            openPs * copies,
            Math.max(0, allPs - openPs) * copies,
            0,
            0,
            0);
    DramEnergy energy = energyTable();
    EnergyBreakdown memory =
        energy
            .of(activity)
            .plus(spec.energy(plan.bankBytes(), plan.inputBytes(), plan.resultBytes()));
    return new PimEnergy(memory, plan.slots() * spec.multiplyPj());
  }
}
