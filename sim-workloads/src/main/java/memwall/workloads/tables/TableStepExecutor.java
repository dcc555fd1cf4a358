package memwall.workloads.tables;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;
import memwall.core.stat.Stats;
import memwall.network.CollectiveTime;
import memwall.workloads.execution.NearTotals;
import memwall.workloads.execution.Parts;
import memwall.workloads.execution.StepExecutor;
import memwall.workloads.model.ModelSpec;
import memwall.workloads.operator.OperatorPlan;
import memwall.workloads.operator.StepShape;
import memwall.workloads.system.SystemSpec;
import org.jspecify.annotations.Nullable;

/**
 * Executes a step as one event after the sum of the measured times of its operators, one after the
 * other as on one stream, of the host's time and of the all-reduces, which take the time of the
 * network's closed form.
 *
 * <p>A layer is each operator of the table once, the norm twice; the embedding, the last norm, the
 * head and the sampler are once in a step. Attention is that of the whole batch: all pieces of
 * prompts as one of their tokens behind their history, all decoding sequences at their mean
 * context, and, if that was measured, a share of the way to as many of the longest.
 */
public final class TableStepExecutor implements StepExecutor {
  private static final int HOST = 0;
  private static final int NETWORK = 1;
  private static final int ATTENTION = 2;
  private static final int MOE = 3;
  private static final int FIRST_DENSE = 4;

  private final OperatorsSpec spec;
  private final Lookups lookups;
  private final Event done;
  private final Parts parts;
  private final long[] spentPs;
  private final Curve[] dense;
  private final int[] denseTimes;
  private final Curve[] perSequence;
  private final AttentionTable attention;
  private final @Nullable MoeTable moe;
  private final @Nullable SkewTable skew;
  private final CollectiveTime allReduce;
  private final long stepOverheadPs;
  private final int layers;
  private final int moeLayers;
  private Completion stepDone = word -> {};
  private long stepWord;
  private boolean busy;
  private long stepPs;
  private List<OperatorPlan> plans = List.of();

  /**
   * An executor for a group of ranks.
   *
   * @param stats for the counts of look-ups
   */
  public TableStepExecutor(
      Simulation simulation,
      Stats stats,
      OperatorsSpec spec,
      ModelSpec model,
      SystemSpec system,
      int ranks) {
    OperatorTables tables = spec.tables();
    tables.check(model, spec.folder());
    this.spec = spec;
    this.lookups = new Lookups(stats);
    this.attention = tables.attention();
    this.moe = tables.moe();
    this.skew = tables.skew();
    this.allReduce = system.network().allReduceTime(ranks);
    this.stepOverheadPs = system.stepOverheadPs();
    this.layers = model.layers();
    int count = 0;
    for (int layer = 0; layer < layers; layer++) {
      count += model.moe().isMoe(layer) ? 1 : 0;
    }
    this.moeLayers = count;
    List<Parts.Part> list = new ArrayList<>();
    list.add(new Parts.Part("host", "Host", "Host time per step: scheduling and sampling"));
    list.add(new Parts.Part("network", "Network", "Collectives between chips"));
    list.add(new Parts.Part("attention", "Attention", "Attention of all layers, measured"));
    list.add(new Parts.Part("moe", "Experts", "Routed experts of all layers, measured"));
    this.dense = new Curve[tables.dense().size()];
    this.denseTimes = new int[dense.length];
    int i = 0;
    for (Map.Entry<String, Curve> entry : tables.dense().entrySet()) {
      dense[i] = entry.getValue();
      denseTimes[i++] = times(entry.getKey());
      list.add(new Parts.Part(entry.getKey(), entry.getKey(), "This operator, measured"));
    }
    this.perSequence = tables.perSequence().values().toArray(Curve[]::new);
    for (String name : tables.perSequence().keySet()) {
      list.add(new Parts.Part(name, name, "This operator, measured"));
    }
    this.parts = new Parts(list);
    this.spentPs = new long[parts.size()];
    this.done = simulation.event("tables.step", this::done);
  }

  /** How often an operator is in a step. */
  private int times(String name) {
    return switch (name) {
      case OperatorTables.EMBEDDING, OperatorTables.FINAL_NORM -> 1;
      case OperatorTables.NORM -> 2 * layers;
      default -> OperatorTables.FEED_FORWARD.contains(name) ? layers - moeLayers : layers;
    };
  }

  @Override
  public void execute(OperatorPlan plan, Completion newDone, long word) {
    if (busy) {
      throw new IllegalStateException("a step is under way");
    }
    busy = true;
    stepDone = newDone;
    stepWord = word;
    plans = List.of(plan);
    stepPs = 0;
    spend(HOST, stepOverheadPs);
    spend(NETWORK, networkPs(plan));
    StepShape shape = plan.shape();
    int tokens = spec.filledUp(shape.tokens());
    look(ATTENTION, layers, attentionPs(shape));
    if (moe != null && moeLayers > 0) {
      look(MOE, moeLayers, moe.ps(tokens, plan.distinctExperts(), lookups));
    }
    for (int i = 0; i < dense.length; i++) {
      if (denseTimes[i] > 0) {
        look(FIRST_DENSE + i, denseTimes[i], dense[i].ps(tokens, lookups));
      }
    }
    // Engines compute a row per sequence, also of prompts that go on, and drop those.
    double rows = (double) shape.sequences();
    for (int i = 0; i < perSequence.length; i++) {
      look(FIRST_DENSE + dense.length + i, 1, perSequence[i].ps(rows, lookups));
    }
    done.in(stepPs, 0);
  }

  private double attentionPs(StepShape shape) {
    double chunk = (double) shape.prefillTokens();
    double history = (double) shape.prefillHistoryTokens();
    double decodes = (double) shape.decodeTokens();
    if (decodes == 0) {
      return attention.ps(chunk, history, 0, 0, lookups);
    }
    // Tables count the entries behind a token, steps those that it attends to, its own included.
    double mean = shape.decodeKvTokens() / decodes - 1;
    double shortest = shape.leastDecodeContext() - 1;
    double longest = shape.mostDecodeContext() - 1;
    double ps = attention.ps(chunk, history, decodes, mean, lookups);
    if (skew == null || longest <= shortest || decodes < 2) {
      return ps;
    }
    double alpha =
        skew.alpha(chunk, decodes, (mean - shortest) / (longest - shortest), longest, history);
    double most = attention.ps(chunk, history, decodes, longest, lookups);
    return Math.max(0, ps + alpha * (most - ps));
  }

  private long networkPs(OperatorPlan plan) {
    long sum = 0;
    for (int s = 0; s < plan.segments(); s++) {
      for (int i = plan.segmentFirst(s); i < plan.segmentEnd(s); i++) {
        long bytes = plan.collectiveBytes(i);
        if (bytes > 0) {
          sum += plan.segmentRepeat(s) * allReduce.latencyPs(bytes);
        }
      }
    }
    return sum;
  }

  private void look(int part, int times, double ps) {
    long all = Math.round(times * ps);
    lookups.count(all);
    spend(part, all);
  }

  private void spend(int part, long ps) {
    spentPs[part] += ps;
    stepPs += ps;
  }

  private void done(long ignored) {
    busy = false;
    stepDone.complete(stepWord);
  }

  @Override
  public void storeKv(long bytes, Completion copied, long word) {
    throw new IllegalStateException("there is no second memory for KV entries");
  }

  @Override
  public Parts parts() {
    return parts;
  }

  @Override
  public List<OperatorPlan> plans() {
    return plans;
  }

  @Override
  public long stagedBytes() {
    return 0;
  }

  @Override
  public NearTotals near() {
    return NearTotals.NONE;
  }

  @Override
  public long spentPs(int part) {
    return spentPs[part];
  }
}
