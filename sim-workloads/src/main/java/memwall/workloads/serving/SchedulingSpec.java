package memwall.workloads.serving;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import memwall.core.config.Config;
import memwall.core.config.Dimension;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestExtras;
import org.jspecify.annotations.Nullable;

/**
 * Who gets room in the KV cache, when, and who loses it.
 *
 * @param admission what room a request needs to join the batch
 * @param preemption what becomes of the entries of a request that is put out of the batch
 * @param order in which waiting requests are admitted
 * @param priorities by class of service, the smallest first; 0 for classes that are not named
 * @param swap where entries of preempted requests go; null if they are thrown away
 * @param prefixCache whether blocks at the beginning of prompts are kept and used again
 */
public record SchedulingSpec(
    Admission admission,
    Preemption preemption,
    Order order,
    Map<String, Integer> priorities,
    @Nullable Swap swap,
    boolean prefixCache) {

  /** Room for the final length of every request, nobody preempted, first come first served. */
  public static final SchedulingSpec RESERVE =
      new SchedulingSpec(
          Admission.RESERVE, Preemption.RECOMPUTE, Order.FCFS, Map.of(), null, false);

  /** What room a request needs to join the batch. */
  public enum Admission {
    /** Its final length, so that nobody is ever preempted. */
    RESERVE,
    /** Its prompt; blocks are taken as tokens are scheduled, and run out. */
    CURRENT
  }

  /** What becomes of the entries of a request that is put out of the batch. */
  public enum Preemption {
    /** They are thrown away and computed again. */
    RECOMPUTE,
    /** They are copied to the host and back. */
    SWAP
  }

  /** In which order waiting requests are admitted. */
  public enum Order {
    /** By arrival; the request admitted last is preempted first. */
    FCFS,
    /** By priority, then arrival; the running request that comes last in it is preempted first. */
    PRIORITY
  }

  /**
   * Memory of the host.
   *
   * @param bytesPerSec rate of each rank's link to it, both ways together
   * @param capacityBytes room for the entries of each rank
   */
  public record Swap(long bytesPerSec, long capacityBytes) {}

  /** Copies the map, in order of names. */
  public SchedulingSpec {
    priorities = Collections.unmodifiableMap(new TreeMap<>(priorities));
    if ((preemption == Preemption.SWAP) != (swap != null)) {
      throw new IllegalArgumentException("entries are swapped to a host, or there is none");
    }
  }

  /** Reads the keys of the section {@code serving} that say so; faults are recorded there. */
  static SchedulingSpec read(Config config) {
    Admission admission =
        config.choice("admission", Admission.RESERVE, "Room that a request needs to join");
    Preemption preemption =
        config.choice(
            "preemption", Preemption.RECOMPUTE, "What becomes of entries of preempted requests");
    Order order = config.choice("order", Order.FCFS, "In which order requests are admitted");
    if (admission == Admission.RESERVE && preemption == Preemption.SWAP) {
      config.fault("preemption", "nobody is preempted unless 'admission' is current");
    }
    Map<String, Integer> priorities = new TreeMap<>();
    config
        .optionalSection("priorities", "Priority by class of service, the smallest first")
        .ifPresent(
            part -> {
              for (String name : part.keys()) {
                priorities.put(
                    name, (int) part.integer(name, -1000, 1000, "Priority; 0 for other classes"));
              }
              part.finish();
            });
    if (order == Order.FCFS && config.has("priorities")) {
      config.fault("priorities", "nothing goes by them unless 'order' is priority");
    }
    Swap swap =
        config
            .optionalSection("swap", "Memory of the host for entries of preempted requests")
            .map(SchedulingSpec::readSwap)
            .orElse(null);
    if (preemption == Preemption.SWAP && swap == null) {
      config.fault("preemption", "swap needs the section 'swap' with 'bandwidth' and 'capacity'");
    } else if (preemption == Preemption.RECOMPUTE && swap != null) {
      config.fault("swap", "nothing is copied there unless 'preemption' is swap");
    }
    boolean prefixCache =
        config.bool("prefix_cache", false, "Keep blocks of prompts for prompts that begin alike");
    boolean sound = (preemption == Preemption.SWAP) == (swap != null);
    return new SchedulingSpec(
        admission,
        sound ? preemption : Preemption.RECOMPUTE,
        order,
        priorities,
        sound ? swap : null,
        prefixCache);
  }

  private static Swap readSwap(Config config) {
    long bytesPerSec =
        config.quantity("bandwidth", Dimension.BYTE_RATE, "Of each chip's link to the host");
    long capacityBytes =
        config.quantity("capacity", Dimension.SIZE, "Of the host, for each chip's entries");
    config.finish();
    return new Swap(bytesPerSec, capacityBytes);
  }

  /** Whether anything differs from {@link #RESERVE}. */
  public boolean isPlain() {
    return equals(RESERVE);
  }

  /** Whether room is taken as tokens are scheduled. */
  boolean takesAsItGoes() {
    return admission == Admission.CURRENT;
  }

  /** The priority of a request; 0 if its class is not named. */
  int priority(Request request) {
    RequestExtras extras = request.extras();
    String name = extras == null ? null : extras.serviceClass();
    return name == null ? 0 : priorities.getOrDefault(name, 0);
  }
}
