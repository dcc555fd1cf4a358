package memwall.workloads.execution;

import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.leap.StateSink;
import memwall.core.resource.Server;
import memwall.core.stat.Stats;
import memwall.memory.AccessPattern;
import memwall.memory.Memory;
import memwall.memory.MemorySpec;
import memwall.memory.Region;
import memwall.memory.Usage;
import memwall.memory.catalog.MemoryModels;
import memwall.memory.pnm.NearCompute;
import memwall.memory.pnm.NearSpec;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;

/**
 * A memory that computes at a fixed rate beside its channels: kernels one after the other, each as
 * long as its closed form says.
 */
final class NearDouble implements Memory, NearCompute {
  /**
   * What it is made of.
   *
   * @param device what transfers go to
   * @param bytesPerSec rate at which one device reads matrices, once for every vector
   * @param launchPs time of each kernel besides
   * @param formats what it multiplies
   */
  record Spec(MemorySpec device, long bytesPerSec, long launchPs, List<NumberFormat> formats)
      implements MemorySpec, NearSpec {
    @Override
    public boolean computes(NumberFormat format) {
      return formats.contains(format);
    }

    @Override
    public long boundPs(PimKernel kernel, int devices) {
      if (!computes(kernel.format())) {
        throw new IllegalArgumentException("not " + kernel.format());
      }
      double read = (double) kernel.multiplications() * kernel.format().bytes();
      return launchPs + (long) Math.ceil(read * 1e12 / bytesPerSec / devices);
    }

    @Override
    public Expected expected(PimKernel kernel, int devices) {
      return new Expected(
          boundPs(kernel, devices), 2 * kernel.inputBytes(), 3 * kernel.resultBytes());
    }

    @Override
    public double inputPjPerBit() {
      return 0.2;
    }

    @Override
    public double resultPjPerBit() {
      return 0.3;
    }

    @Override
    public double nearReadPjPerBit() {
      return 1;
    }

    @Override
    public double productPj() {
      return 0.5;
    }

    @Override
    public String model() {
      return "near-double";
    }

    @Override
    public long capacityBytes(Usage usage) {
      return device.capacityBytes(usage);
    }

    @Override
    public boolean sharesCapacity(Usage one, Usage other) {
      return device.sharesCapacity(one, other);
    }

    @Override
    public long readBytesPerSec() {
      return device.readBytesPerSec();
    }

    @Override
    public long writeBytesPerSec(Usage usage) {
      return device.writeBytesPerSec(usage);
    }

    @Override
    public long readLatencyPs(Usage usage) {
      return device.readLatencyPs(usage);
    }

    @Override
    public long arrayBytesPerSec() {
      return device.arrayBytesPerSec();
    }

    @Override
    public long linkBytesPerSec() {
      return device.linkBytesPerSec();
    }

    @Override
    public long stagingBytes() {
      return device.stagingBytes();
    }

    @Override
    public boolean usesAnnouncements() {
      return device.usesAnnouncements();
    }

    @Override
    public int lanes() {
      return device.lanes();
    }

    @Override
    public boolean fullDuplex(Usage usage) {
      return device.fullDuplex(usage);
    }

    @Override
    public long accessBytes(Usage usage) {
      return device.accessBytes(usage);
    }

    @Override
    public double readPjPerBit() {
      return device.readPjPerBit();
    }

    @Override
    public double writePjPerBit() {
      return device.writePjPerBit();
    }
  }

  private final Spec spec;
  private final int devices;
  private final Memory channels;
  private final Server engine;

  private NearDouble(Simulation simulation, Stats stats, Spec spec, int devices, boolean folded) {
    this.spec = spec;
    this.devices = devices;
    channels = MemoryModels.create(simulation, stats, spec.device(), devices, folded);
    engine = new Server(simulation, stats.child("engine"), 1);
  }

  /** Doubles where a chip asks for them, the models of the catalog elsewhere. */
  static Memory make(
      Simulation simulation, Stats stats, MemorySpec spec, int devices, boolean folded) {
    return spec instanceof Spec near
        ? new NearDouble(simulation, stats, near, devices, folded)
        : MemoryModels.create(simulation, stats, spec, devices, folded);
  }

  @Override
  public boolean computes(NumberFormat format) {
    return spec.computes(format);
  }

  @Override
  public void compute(Region region, PimKernel kernel, Completion done, long word) {
    engine.serveFor(boundPs(kernel), done, word);
  }

  @Override
  public long boundPs(PimKernel kernel) {
    return spec.boundPs(kernel, devices);
  }

  @Override
  public Region reserve(Usage usage, long bytes) {
    return channels.reserve(usage, bytes);
  }

  @Override
  public boolean announce(Region region, long bytes, AccessPattern pattern) {
    return channels.announce(region, bytes, pattern);
  }

  @Override
  public void read(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    channels.read(region, bytes, pattern, done, word);
  }

  @Override
  public void write(Region region, long bytes, AccessPattern pattern, Completion done, long word) {
    channels.write(region, bytes, pattern, done, word);
  }

  @Override
  public MemorySpec spec() {
    return spec;
  }

  @Override
  public int devices() {
    return devices;
  }

  @Override
  public int outstanding() {
    return channels.outstanding() + engine.queued();
  }

  @Override
  public List<String> brokenLaws() {
    return channels.brokenLaws();
  }

  @Override
  public void describe(StateSink sink) {
    channels.describe(sink);
    engine.describe(sink);
  }

  @Override
  public void shift(long deltaPs) {
    channels.shift(deltaPs);
    engine.shift(deltaPs);
  }
}
