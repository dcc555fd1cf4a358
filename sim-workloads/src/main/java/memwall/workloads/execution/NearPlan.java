package memwall.workloads.execution;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import memwall.memory.MemorySpec;
import memwall.memory.Usage;
import memwall.memory.pnm.NearSpec;
import memwall.memory.pnm.NumberFormat;
import memwall.memory.pnm.PimKernel;
import memwall.workloads.operator.AttentionShape;
import memwall.workloads.operator.MatrixShape;
import memwall.workloads.operator.OperatorKind;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.system.ChipSpec;
import memwall.workloads.system.OffloadSpec;
import memwall.workloads.system.TierSpec;
import org.jspecify.annotations.Nullable;

/**
 * Which operators of a step the chip leaves to its memories, and the kernels that they become.
 *
 * <p>A matrix becomes a GEMV with one vector for each token that it serves, in the format in which
 * it is stored: input is brought into that format before it is sent. Of routed experts, as many as
 * the step visits on average, rounded up, each serve the mean number of tokens.
 *
 * <p>A decode attention becomes one kernel in which all sequences have the mean context, rounded
 * up: the time of a layout that spreads sequences over the memory's units so that all have as many
 * entries. Where there are fewer heads than units, that is a lower bound; docs/validation.md has
 * measured how far other layouts are from it.
 *
 * <p>An operator that does more than its kernels would (the up-projections of latent attention in a
 * step with prompts, which serve cached entries too) is the chip's.
 */
public final class NearPlan {
  private static final int MOST_TIMES = 1 << 14;

  /**
   * A kernel and how often it is carried out.
   *
   * @param kernel what is done
   * @param times how often in a row, at least 1
   */
  public record Work(PimKernel kernel, int times) {}

  private final ChipSpec chip;
  private final boolean any;
  private ImmutableList<ImmutableList<Work>> works = ImmutableList.of();
  private long[] timesPs = {};
  private long[] inputBytes = {};
  private long[] resultBytes = {};
  private long decidedFill = -1;
  private @Nullable OperatorPlan decided;
  private final Map<PimKernel, NearSpec.Expected> weightKernels = new HashMap<>();
  private final Map<PimKernel, NearSpec.Expected> kvKernels = new HashMap<>();

  /** For the operators of a chip. */
  public NearPlan(ChipSpec chip) {
    this.chip = chip;
    this.any = chip.offload().any();
  }

  /** Decides for the amounts that a plan has now; a plan that was not filled anew costs nothing. */
  public void decide(OperatorPlan plan) {
    if (!any || (plan == decided && plan.fills() == decidedFill)) {
      return;
    }
    decided = plan;
    decidedFill = plan.fills();
    timesPs = new long[plan.size()];
    inputBytes = new long[plan.size()];
    resultBytes = new long[plan.size()];
    ImmutableList.Builder<ImmutableList<Work>> list = ImmutableList.builder();
    for (int i = 0; i < plan.size(); i++) {
      ImmutableList<Work> near = decide(plan, i);
      list.add(near);
      timesPs[i] = near.isEmpty() ? 0 : expectedPs(plan.kind(i), near);
      for (Work work : near) {
        NearSpec.Expected expected = expected(plan.kind(i), work.kernel());
        inputBytes[i] += work.times() * expected.inputBytes();
        resultBytes[i] += work.times() * expected.resultBytes();
      }
    }
    works = list.build();
  }

  /** Whether an operator of the plan decided last is left to the memory that holds its data. */
  public boolean isNear(int i) {
    return any && !works.get(i).isEmpty();
  }

  /** The kernels of an operator; empty if the chip does it. */
  public ImmutableList<Work> works(int i) {
    return any ? works.get(i) : ImmutableList.of();
  }

  /**
   * Time of an operator's kernels one after the other, by closed form with refreshes, picoseconds.
   */
  public long expectedPs(int i) {
    return timesPs[i];
  }

  /** Bytes of input that an operator's kernels need, over the channels to all that use them. */
  public long inputBytes(int i) {
    return inputBytes[i];
  }

  /** Bytes of results of an operator's kernels over the channels. */
  public long resultBytes(int i) {
    return resultBytes[i];
  }

  /** Index of the memory that would do operators of a kind. */
  public int tier(OperatorKind kind) {
    return chip.tierIndex(usage(kind));
  }

  /** What an operator of a kind reads where it lies. */
  public static Usage usage(OperatorKind kind) {
    return kind == OperatorKind.ATTENTION ? Usage.KV : Usage.WEIGHTS;
  }

  private ImmutableList<Work> decide(OperatorPlan plan, int i) {
    OffloadSpec.Rule rule = chip.offload().rule(plan.kind(i));
    if (rule.when() == OffloadSpec.When.NEVER
        || plan.isIdle(i)
        || plan.tokens() > rule.tokensAtMost()) {
      return ImmutableList.of();
    }
    ImmutableList<Work> near = kernels(plan, i, plan.vectors(i));
    if (near.isEmpty() || rule.when() == OffloadSpec.When.ALWAYS) {
      return near;
    }
    return isFaster(plan, i) ? near : ImmutableList.of();
  }

  /**
   * Whether the memory takes less time than the chip. Its time grows with the vectors, so that few
   * are tried before many: a product with thousands of vectors, which nobody would leave to a
   * memory, is not laid out in order to refuse it. Kernels that do not fit are the chip's.
   */
  private boolean isFaster(OperatorPlan plan, int i) {
    try {
      return isFasterIfItFits(plan, i);
    } catch (IllegalArgumentException doesNotFit) {
      return false;
    }
  }

  private boolean isFasterIfItFits(OperatorPlan plan, int i) {
    double chipPs = chipPs(plan, i);
    if (plan.kind(i) == OperatorKind.ATTENTION) {
      return expectedPs(plan.kind(i), kernels(plan, i, 0)) < chipPs;
    }
    long vectors = plan.vectors(i);
    for (long probe = 1; probe < vectors; probe *= 2) {
      if (expectedPs(plan.kind(i), kernels(plan, i, probe)) >= chipPs) {
        return false;
      }
    }
    return expectedPs(plan.kind(i), kernels(plan, i, vectors)) < chipPs;
  }

  private long expectedPs(OperatorKind kind, ImmutableList<Work> near) {
    long sumPs = 0;
    for (Work work : near) {
      long timePs = expected(kind, work.kernel()).timePs();
      sumPs = Math.addExact(sumPs, Math.multiplyExact(work.times(), timePs));
    }
    return sumPs;
  }

  private NearSpec.Expected expected(OperatorKind kind, PimKernel kernel) {
    Map<PimKernel, NearSpec.Expected> known = usage(kind) == Usage.KV ? kvKernels : weightKernels;
    NearSpec.Expected expected = known.get(kernel);
    if (expected == null) {
      if (known.size() > MOST_TIMES) {
        known.clear();
      }
      TierSpec tier = chip.tiers().get(tier(kind));
      expected = ((NearSpec) tier.device()).expected(kernel, tier.count());
      known.put(kernel, expected);
    }
    return expected;
  }

  /** Stored data over its memory beside the products: activations are the same on both sides. */
  private double chipPs(OperatorPlan plan, int i) {
    TierSpec tier = chip.tiers().get(tier(plan.kind(i)));
    MemorySpec device = tier.device();
    double bytes = (double) plan.weightBytes(i) + plan.kvReadBytes(i);
    double readPs =
        device.readLatencyPs(usage(plan.kind(i))) + bytes * 1e12 / tier.readBytesPerSec();
    double productsPs = plan.flops(i) * 1e12 / chip.compute().flopsPerSec(plan.format(i));
    return Math.max(readPs, productsPs);
  }

  /**
   * The kernels of an operator; empty if it cannot be left to a memory.
   *
   * @param vectors of each matrix
   */
  private static ImmutableList<Work> kernels(OperatorPlan plan, int i, long vectors) {
    NumberFormat format = format(plan.storedFormat(i));
    if (format == null) {
      return ImmutableList.of();
    }
    if (plan.kind(i) == OperatorKind.ATTENTION) {
      return attention(plan, i, format);
    }
    ImmutableList.Builder<Work> list = ImmutableList.builder();
    long flops = 0;
    boolean experts = false;
    for (MatrixShape shape : plan.matrices(i)) {
      experts |= shape.perExpert();
      long times =
          shape.count() * (shape.perExpert() ? (long) Math.ceil(plan.distinctExperts()) : 1);
      if (vectors < 1 || vectors > Integer.MAX_VALUE || times < 1 || times > Integer.MAX_VALUE) {
        return ImmutableList.of();
      }
      list.add(
          new Work(
              new PimKernel.Gemv(shape.rows(), shape.columns(), (int) vectors, format),
              (int) times));
      flops += 2 * shape.elements() * vectors;
    }
    boolean more = !experts && vectors == plan.vectors(i) && flops != plan.flops(i);
    return more ? ImmutableList.of() : list.build();
  }

  private static ImmutableList<Work> attention(OperatorPlan plan, int i, NumberFormat format) {
    AttentionShape shape = plan.attention(i);
    long sequences = plan.decodeTokens();
    if (shape == null || sequences < 1 || sequences > Integer.MAX_VALUE) {
      return ImmutableList.of();
    }
    long entryBytes = 2L * shape.kvHeads() * shape.headSize() * format.bytes();
    long entries = plan.kvReadBytes(i) / entryBytes;
    return ImmutableList.of(
        new Work(
            new PimKernel.Attention(
                (int) sequences,
                shape.kvHeads(),
                shape.group(),
                shape.headSize(),
                (entries + sequences - 1) / sequences,
                format),
            1));
  }

  /** The format of stored numbers in the words of memories; null if none multiplies it. */
  private static @Nullable NumberFormat format(memwall.workloads.model.NumberFormat stored) {
    return switch (stored) {
      case BF16 -> NumberFormat.BF16;
      case FP16 -> NumberFormat.FP16;
      case FP8 -> NumberFormat.FP8;
      case INT8 -> NumberFormat.INT8;
      case FP4 -> null;
    };
  }

  /**
   * Why operators that a chip's offloading rules name cannot be left to its memories, whatever the
   * step: number formats that they do not multiply, attention over compressed entries.
   *
   * @return one sentence per reason; empty if there is none
   */
  public static List<String> faults(ChipSpec chip, OperatorPlan plan) {
    TreeSet<String> faults = new TreeSet<>();
    for (int i = 0; i < plan.size(); i++) {
      OperatorKind kind = plan.kind(i);
      if (chip.offload().rule(kind).when() == OffloadSpec.When.NEVER) {
        continue;
      }
      Usage usage = usage(kind);
      TierSpec tier = chip.tier(usage);
      NearSpec near = OffloadSpec.near(tier);
      NumberFormat format = format(plan.storedFormat(i));
      if (near != null && (format == null || !near.computes(format))) {
        List<NumberFormat> computed = new ArrayList<>();
        for (NumberFormat one : NumberFormat.values()) {
          if (near.computes(one)) {
            computed.add(one);
          }
        }
        faults.add(
            "memory '"
                + tier.name()
                + "' multiplies "
                + computed
                + ", but precision."
                + usage.label()
                + " is "
                + plan.storedFormat(i));
      }
      if (kind == OperatorKind.ATTENTION && plan.attention(i) == null) {
        faults.add(
            "latent attention reads one compressed entry for all heads, for which there is no"
                + " kernel: leave 'offload.attention' out");
      }
    }
    return List.copyOf(faults);
  }
}
