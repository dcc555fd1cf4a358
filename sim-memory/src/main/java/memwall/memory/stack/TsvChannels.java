package memwall.memory.stack;

import java.util.Arrays;
import java.util.List;
import memwall.core.Completion;
import memwall.core.Simulation;
import memwall.core.Timer;
import memwall.core.Waiting;
import memwall.core.resource.CompletionQueue;
import memwall.core.stat.Counter;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;
import memwall.core.unit.Units;

/**
 * The vertical wires of one stack as queues: a transfer waits for the row access of its layer, then
 * in turn for the lanes of its group, and its last bit travels along the wire.
 *
 * <p>Row accesses and wire delays of different transfers overlap, the lanes serve one transfer
 * after the other in the order in which rows are ready. A transfer takes {@code bytes / rate} of
 * its group, rounded up to a picosecond, at the rate in force when it starts; {@link #setShare}
 * changes the rate of all that start later.
 */
public final class TsvChannels implements Waiting {
  private static final int NONE = -1;

  private final Simulation simulation;
  private final String path;
  private final TsvSpec spec;
  private final Timer[] served;
  private final CompletionQueue[] rows;
  private final CompletionQueue[] wires;
  private final Completion whenReady = this::ready;
  private final Completion whenArrived = this::arrived;

  // Transfers by slot; free ones and those waiting for lanes are linked by nextSlot.
  private long[] bytes = new long[16];
  private int[] layers = new int[16];
  private long[] submittedPs = new long[16];
  private Completion[] completions = new Completion[16];
  private long[] words = new long[16];
  private int[] nextSlot = new int[16];
  private int firstFree = NONE;
  private int used;

  // By lane group: the queue, its head being served unless the group stands still.
  private final int[] head;
  private final int[] tail;
  private final boolean[] busy;

  private final long[] delayPs;
  private final long[] accessPs;
  private long rateBytesPerSec;
  private int outstanding;
  private long waitingBytes;

  private final Counter submittedBytes;
  private final Counter[] layerBytes;
  private final Counter jobs;
  private final Counter busyPs;
  private final LatencyHistogram latency;

  /** Builds idle wires at their full rate and declares their statistics. */
  public TsvChannels(Simulation simulation, Stats stats, TsvSpec spec) {
    this.simulation = simulation;
    this.path = stats.path();
    this.spec = spec;
    int groups = spec.laneGroups();
    int count = spec.rowAccessPs().size();
    this.served = new Timer[groups];
    this.head = new int[groups];
    this.tail = new int[groups];
    this.busy = new boolean[groups];
    for (int group = 0; group < groups; group++) {
      served[group] = simulation.timer(path + ".group" + group + ".done", this::served);
      head[group] = NONE;
      tail[group] = NONE;
    }
    this.rows = new CompletionQueue[count];
    this.wires = new CompletionQueue[count];
    this.delayPs = new long[count];
    this.accessPs = new long[count];
    this.layerBytes = new Counter[count];
    for (int layer = 0; layer < count; layer++) {
      rows[layer] = new CompletionQueue(simulation, path + ".layer" + layer + ".row");
      wires[layer] = new CompletionQueue(simulation, path + ".layer" + layer + ".wire");
      delayPs[layer] = spec.delayPs(layer);
      accessPs[layer] = spec.rowAccessPs().get(layer);
      layerBytes[layer] =
          stats.counter(
              "layer" + layer + "_bytes",
              "bytes",
              "Bytes moved between this memory layer and the logic die");
    }
    this.rateBytesPerSec = spec.groupBytesPerSec();
    this.submittedBytes = stats.counter("submitted_bytes", "bytes", "Bytes asked for");
    stats.exact("moved_bytes", "bytes", "Bytes that passed the wires", this::movedBytes);
    this.jobs = stats.counter("jobs", "1", "Transfers that passed the wires");
    this.busyPs = stats.counter("busy_ps", "ps", "Time lane groups were busy, summed over them");
    this.latency =
        stats.histogram("latency", "From submission to the last byte, queueing included");
    simulation.watch(this);
  }

  /**
   * Moves bytes between a memory layer and the logic die.
   *
   * @param layer counted from the logic die
   * @param transferBytes 0 or more
   * @param done called at the arrival of the last byte
   * @param word passed to the completion
   */
  public void transfer(int layer, long transferBytes, Completion done, long word) {
    if (layer < 0 || layer >= layerBytes.length || transferBytes < 0) {
      throw new IllegalArgumentException(
          path + ": " + transferBytes + " bytes of layer " + layer + " of " + layerBytes.length);
    }
    int slot = take();
    bytes[slot] = transferBytes;
    layers[slot] = layer;
    submittedPs[slot] = simulation.nowPs();
    completions[slot] = done;
    words[slot] = word;
    outstanding++;
    waitingBytes += transferBytes;
    submittedBytes.add(transferBytes);
    if (accessPs[layer] > 0) {
      rows[layer].add(simulation.nowPs() + accessPs[layer], whenReady, slot);
    } else {
      ready(slot);
    }
  }

  private int take() {
    int slot = firstFree;
    if (slot != NONE) {
      firstFree = nextSlot[slot];
      return slot;
    }
    if (used == bytes.length) {
      int length = 2 * used;
      bytes = Arrays.copyOf(bytes, length);
      layers = Arrays.copyOf(layers, length);
      submittedPs = Arrays.copyOf(submittedPs, length);
      completions = Arrays.copyOf(completions, length);
      words = Arrays.copyOf(words, length);
      nextSlot = Arrays.copyOf(nextSlot, length);
    }
    return used++;
  }

  private void ready(long word) {
    int slot = (int) word;
    int group = spec.group(layers[slot]);
    nextSlot[slot] = NONE;
    if (head[group] == NONE) {
      head[group] = slot;
    } else {
      nextSlot[tail[group]] = slot;
    }
    tail[group] = slot;
    if (!busy[group]) {
      start(group);
    }
  }

  private void start(int group) {
    int slot = head[group];
    if (slot == NONE || rateBytesPerSec == 0) {
      return;
    }
    long servicePs = Units.transferPs(bytes[slot], rateBytesPerSec);
    busy[group] = true;
    busyPs.add(servicePs);
    served[group].in(servicePs, group);
  }

  private void served(long word) {
    int group = (int) word;
    int slot = head[group];
    int layer = layers[slot];
    head[group] = nextSlot[slot];
    busy[group] = false;
    layerBytes[layer].add(bytes[slot]);
    waitingBytes -= bytes[slot];
    jobs.increment();
    wires[layer].add(simulation.nowPs() + delayPs[layer], whenArrived, slot);
    start(group);
  }

  private void arrived(long word) {
    int slot = (int) word;
    Completion done = completions[slot];
    long theirs = words[slot];
    latency.record(simulation.nowPs() - submittedPs[slot]);
    outstanding--;
    nextSlot[slot] = firstFree;
    firstFree = slot;
    done.complete(theirs);
  }

  /**
   * Throttles the wires: what starts from now on moves at this share of the full rate; what is
   * being moved ends as it began.
   *
   * @param share from 0, which starts nothing more, to 1
   */
  public void setShare(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(path + ": share " + share + " is not in [0, 1]");
    }
    rateBytesPerSec = share == 0 ? 0 : Math.max(1, (long) (spec.groupBytesPerSec() * share));
    for (int group = 0; group < head.length; group++) {
      if (!busy[group]) {
        start(group);
      }
    }
  }

  /** Rate at which a lane group starts transfers at present; 0 if it does not. */
  public long groupBytesPerSec() {
    return rateBytesPerSec;
  }

  /** Bytes that have passed the wires from or to a memory layer. */
  public long movedBytes(int layer) {
    return layerBytes[layer].value();
  }

  /** Bytes that have passed the wires. */
  public long movedBytes() {
    long sum = 0;
    for (Counter layer : layerBytes) {
      sum += layer.value();
    }
    return sum;
  }

  /** Transfers submitted and not yet complete. */
  public int outstanding() {
    return outstanding;
  }

  @Override
  public long waitingCount() {
    return outstanding;
  }

  @Override
  public String describeWaiting() {
    return path
        + ": "
        + outstanding
        + " transfers"
        + (rateBytesPerSec == 0 ? ", the wires are shut down" : "");
  }

  /**
   * Checks that every byte submitted waits or has been moved.
   *
   * @return one sentence per broken law; empty if all hold
   */
  public List<String> brokenLaws() {
    long queued = 0;
    for (int slot : head) {
      for (int at = slot; at != NONE; at = nextSlot[at]) {
        queued += bytes[at];
      }
    }
    long moved = movedBytes();
    if (submittedBytes.value() == moved + waitingBytes && queued <= waitingBytes) {
      return List.of();
    }
    return List.of(
        path
            + ": of "
            + submittedBytes.value()
            + " bytes submitted "
            + moved
            + " were moved, "
            + waitingBytes
            + " wait, "
            + queued
            + " of them for lanes");
  }
}
