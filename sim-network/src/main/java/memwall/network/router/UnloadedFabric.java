package memwall.network.router;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import memwall.core.Completion;
import memwall.core.Event;
import memwall.core.Simulation;

/**
 * The closed form of a network of routers: messages do not meet each other but at the node that
 * sends them. A message of F flits takes the zero-load time of its head, T0 (network facts, section
 * 0), and F - 1 cycles more; a node sends a flit a cycle, one message after the other.
 *
 * <p>Where routes are drawn, T0 is that of one draw. With a single virtual channel packets of a
 * message wait for each other, which is not in the form. So nothing is faster than this.
 */
public final class UnloadedFabric {
  private final FabricSpec spec;
  private final MessageSpec messageSpec;
  private final Simulation simulation;
  private final RouterFabric fabric;
  private final Event arrived;
  private final Map<Long, Long> headCycles = new HashMap<>();
  private final long[] nodeFreeCycle;
  private long arrivedCycle;
  private Completion[] done = new Completion[64];
  private long[] words = new long[64];
  private int[] free = new int[64];
  private int rows;
  private int freeRows;

  /** An idle network. */
  public UnloadedFabric(Simulation simulation, FabricSpec spec, MessageSpec messageSpec) {
    this.spec = spec;
    this.messageSpec = messageSpec;
    this.simulation = simulation;
    fabric = new RouterFabric(spec.plan(), 1, 1, (packet, cycle) -> arrivedCycle = cycle);
    arrived = simulation.event("unloaded", this::arrive);
    nodeFreeCycle = new long[spec.nodes()];
  }

  /** Sends a message; as {@link MessageFabric#send}. */
  public void send(int from, int to, long bytes, Completion completion, long word) {
    if (from == to) {
      arrived.in(0, row(completion, word));
      return;
    }
    long cycle = Math.floorDiv(simulation.nowPs() - 1, spec.cyclePs()) + 1;
    long startCycle = Math.max(cycle, nodeFreeCycle[from]);
    long flits = messageSpec.flits(bytes, spec.flitBytes());
    nodeFreeCycle[from] = startCycle + flits;
    arrived.at(
        (startCycle + headCycles(from, to) + flits - 1) * spec.cyclePs(), row(completion, word));
  }

  /** Cycles from the creation of a packet of one flit until it is at its node, measured alone. */
  private long headCycles(int from, int to) {
    return headCycles.computeIfAbsent(
        (long) from * spec.nodes() + to,
        pair -> {
          fabric.offer(from, to, 1, 0);
          while (!fabric.empty()) {
            fabric.step();
          }
          while (!fabric.atRest()) {
            fabric.skipTo(fabric.now() + 1);
          }
          fabric.restart();
          return arrivedCycle;
        });
  }

  private int row(Completion completion, long word) {
    int row;
    if (freeRows > 0) {
      row = free[--freeRows];
    } else {
      row = rows++;
      if (row == words.length) {
        done = Arrays.copyOf(done, 2 * row);
        words = Arrays.copyOf(words, 2 * row);
        free = Arrays.copyOf(free, 2 * row);
      }
    }
    done[row] = completion;
    words[row] = word;
    return row;
  }

  private void arrive(long row) {
    Completion completion = done[(int) row];
    long word = words[(int) row];
    free[freeRows++] = (int) row;
    completion.complete(word);
  }
}
