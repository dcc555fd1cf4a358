package memwall.network.router;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import memwall.core.random.RandomStreams;
import org.jspecify.annotations.Nullable;

/**
 * The same networks once more, as plainly as the rules are said: every buffer a queue of flits,
 * every output channel an object, every router looked at in every cycle, every allocator a search
 * in turn. Slow, and written without regard to {@link RouterFabric}.
 *
 * <p>What happens in a cycle is decided on what the cycle began with (after what arrived was taken
 * in), and only then done: a head that arrives in cycle c has its route at the end of c, a channel
 * at the end of c+1 and leaves in c+2 at best.
 */
final class PlainFabric implements Routing.View {
  private record Flit(int packet, boolean tail) {}

  /** A virtual channel of an input port. */
  private static final class Input {
    final int port;
    final int channel;
    final Deque<Flit> buffer = new ArrayDeque<>();

    /** Of the packet in front, once it is known. */
    int hop = NO_HOP;

    @Nullable Output output;

    /** Gives a place back to whoever sends into this buffer. */
    @Nullable Runnable giveBack;

    Input(int port, int channel) {
      this.port = port;
      this.channel = channel;
    }
  }

  /** A virtual channel of an output port, or of a node into its router. */
  private static final class Output {
    final int port;
    final int channel;
    int places;
    @Nullable Input owner;

    /** What is behind: a router's buffer, or null for a node. */
    @Nullable Input behind;

    Output(int port, int channel, int places) {
      this.port = port;
      this.channel = channel;
      this.places = places;
    }
  }

  private static final int NO_HOP = -1;

  private final class Router {
    final int number;
    final Input[][] inputs;
    final Output[][] outputs;

    /** Whose turn it is, in the allocation of channels (numbers: port x channels + channel). */
    final int[] channelGrants;

    final int[] channelAccepts;

    /** The same in the allocation of the switch (numbers: ports), and among an input's channels. */
    final int[] switchGrants;

    final int[] switchAccepts;
    final int[] channelTurns;

    /** With hold: the input channel that holds an input port, and an output port. */
    final @Nullable Input[] inputHeld;

    final @Nullable Input[] outputHeld;

    Router(int number) {
      this.number = number;
      inputs = new Input[radix][channels];
      outputs = new Output[radix][channels];
      for (int port = 0; port < radix; port++) {
        for (int channel = 0; channel < channels; channel++) {
          inputs[port][channel] = new Input(port, channel);
          outputs[port][channel] = new Output(port, channel, spec.bufferFlits());
        }
      }
      channelGrants = new int[radix * channels];
      channelAccepts = new int[radix * channels];
      switchGrants = new int[radix];
      switchAccepts = new int[radix];
      channelTurns = new int[radix];
      inputHeld = new @Nullable Input[radix];
      outputHeld = new @Nullable Input[radix];
    }

    Input input(int lane) {
      return inputs[lane / channels][lane % channels];
    }

    Output output(int lane) {
      return outputs[lane / channels][lane % channels];
    }

    /** Decides, then acts. */
    void cycle() {
      Map<Input, Output> given = chooseChannels();
      List<Input> senders = chooseSenders();
      List<Input> holders = new ArrayList<>();
      for (Input input : inputHeld) {
        if (input != null) {
          holders.add(input);
        }
      }
      List<Input> toRoute = new ArrayList<>();
      for (int lane = 0; lane < radix * channels; lane++) {
        if (input(lane).hop == NO_HOP && !input(lane).buffer.isEmpty()) {
          toRoute.add(input(lane));
        }
      }
      for (Input input : toRoute) {
        int packet = input.buffer.getFirst().packet();
        packets.hops[packet]++;
        input.hop = routing.route(number, input.port, packet, PlainFabric.this);
      }
      for (Map.Entry<Input, Output> entry : given.entrySet()) {
        entry.getKey().output = entry.getValue();
        entry.getValue().owner = entry.getKey();
      }
      for (Input input : holders) {
        if (outputOf(input).places > 0) {
          send(input);
        } else {
          inputHeld[input.port] = null;
          outputHeld[outputOf(input).port] = null;
        }
      }
      for (Input input : senders) {
        send(input);
      }
    }

    private Output outputOf(Input input) {
      if (input.output == null) {
        throw new IllegalStateException("no output");
      }
      return input.output;
    }

    /** Packets with a route ask for every free channel allowed; outputs grant; packets accept. */
    private Map<Input, Output> chooseChannels() {
      int lanes = radix * channels;
      List<Integer> asking = new ArrayList<>();
      boolean[] asks = new boolean[lanes];
      for (int lane = 0; lane < lanes; lane++) {
        if (input(lane).hop != NO_HOP && input(lane).output == null) {
          asking.add(lane);
          asks[lane] = true;
        }
      }
      Map<Input, Output> given = new HashMap<>();
      if (asking.isEmpty()) {
        return given;
      }
      int[] grantedTo = new int[lanes];
      for (int out = 0; out < lanes; out++) {
        Output output = output(out);
        grantedTo[out] =
            output.owner != null
                ? -1
                : firstFrom(
                    channelGrants[out],
                    lanes,
                    lane -> asks[lane] && allows(input(lane).hop, output));
      }
      for (int lane : asking) {
        int out = firstFrom(channelAccepts[lane], lanes, o -> grantedTo[o] == lane);
        if (out >= 0) {
          given.put(input(lane), output(out));
          channelGrants[out] = (lane + 1) % lanes;
          channelAccepts[lane] = (out + 1) % lanes;
        }
      }
      return given;
    }

    private boolean allows(int hop, Output output) {
      return Routing.port(hop) == output.port
          && Routing.firstChannel(hop) <= output.channel
          && output.channel <= Routing.lastChannel(hop);
    }

    /** Input ports ask for outputs that one of their channels could send to; and so on. */
    private List<Input> chooseSenders() {
      List<Input> senders = new ArrayList<>();
      boolean any = false;
      @Nullable Input[][] asks = new @Nullable Input[radix][radix];
      for (int port = 0; port < radix; port++) {
        for (int i = 0; i < channels; i++) {
          Input input = inputs[port][(channelTurns[port] + i) % channels];
          Output output = input.output;
          if (output == null || input.buffer.isEmpty() || output.places == 0) {
            continue;
          }
          if (inputHeld[port] == null
              && outputHeld[output.port] == null
              && asks[port][output.port] == null) {
            asks[port][output.port] = input;
            any = true;
          }
        }
      }
      if (!any) {
        return senders;
      }
      int[] grantedTo = new int[radix];
      for (int out = 0; out < radix; out++) {
        int output = out;
        grantedTo[out] = firstFrom(switchGrants[out], radix, port -> asks[port][output] != null);
      }
      for (int port = 0; port < radix; port++) {
        int in = port;
        int out = firstFrom(switchAccepts[port], radix, o -> grantedTo[o] == in);
        if (out >= 0) {
          Input input = asks[port][out];
          if (input != null) {
            senders.add(input);
            switchGrants[out] = (port + 1) % radix;
            switchAccepts[port] = (out + 1) % radix;
            channelTurns[port] = (input.channel + 1) % channels;
          }
        }
      }
      return senders;
    }

    private void send(Input input) {
      Output output = outputOf(input);
      int port = number * radix + output.port;
      int cycles = topology.channelCycles(port);
      Flit flit = input.buffer.removeFirst();
      output.places--;
      // One cycle through the switch, one to be counted.
      long arrival = now + 2 + cycles;
      Input behind = output.behind;
      if (behind != null) {
        at(arrival, () -> put(behind, flit));
      } else {
        at(arrival + 2 + cycles, () -> output.places++);
        if (flit.tail()) {
          arrivalCycle[flit.packet()] = arrival;
          delivered++;
        }
      }
      if (input.giveBack != null) {
        input.giveBack.run();
      }
      boolean goesOn = !flit.tail() && !input.buffer.isEmpty();
      if (flit.tail()) {
        input.hop = NO_HOP;
        input.output = null;
        output.owner = null;
      }
      if (spec.holdSwitch()) {
        inputHeld[input.port] = goesOn ? input : null;
        outputHeld[output.port] = goesOn ? input : null;
      }
    }
  }

  /** A node as sender. */
  private final class Node {
    final Deque<Integer> queue = new ArrayDeque<>();
    final Output[] outputs = new Output[channels];
    int cycles;
    int turn;
    int sent;
    @Nullable Output current;

    void cycle() {
      if (queue.isEmpty()) {
        return;
      }
      int packet = queue.getFirst();
      if (current == null) {
        int channel = firstFrom(turn, channels, c -> outputs[c].places > 0);
        if (channel < 0) {
          return;
        }
        turn = (channel + 1) % channels;
        current = outputs[channel];
        packets.injectedCycle[packet] = now;
      }
      Output output = current;
      if (output.places == 0) {
        return;
      }
      output.places--;
      sent++;
      Flit flit = new Flit(packet, sent == packets.flits[packet]);
      Input behind = output.behind;
      if (behind == null) {
        throw new IllegalStateException("nothing behind a node");
      }
      at(now + 1 + cycles, () -> put(behind, flit));
      if (flit.tail()) {
        queue.removeFirst();
        current = null;
        sent = 0;
      }
    }
  }

  private final Topology topology;
  private final Routing routing;
  private final RouterSpec spec;
  private final int radix;
  private final int channels;
  private final Packets packets;
  private final Router[] routers;
  private final Node[] nodes;
  private final Map<Long, List<Runnable>> later = new HashMap<>();
  private final long[] arrivalCycle;
  private long now;
  private int delivered;

  /** A network for so many packets in all. */
  PlainFabric(FabricPlan plan, long seed, int packetCount) {
    topology = plan.topology();
    routing = plan.routing();
    spec = plan.router();
    packets = new Packets(new RandomStreams(seed).stream("fabric", "routing").nextLong());
    radix = topology.radix();
    channels = spec.channels();
    arrivalCycle = new long[packetCount];
    routers = new Router[topology.routers()];
    for (int i = 0; i < routers.length; i++) {
      routers[i] = new Router(i);
    }
    nodes = new Node[topology.nodes()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = new Node();
      connect(nodes[i], topology.nodePort(i));
    }
    for (int port = 0; port < routers.length * radix; port++) {
      if (topology.toRouter(port)) {
        connect(port, topology.peer(port));
      }
    }
  }

  private void connect(int from, int to) {
    int cycles = topology.channelCycles(from);
    for (int channel = 0; channel < channels; channel++) {
      Output output = routers[from / radix].outputs[from % radix][channel];
      Input input = routers[to / radix].inputs[to % radix][channel];
      output.behind = input;
      input.giveBack = () -> at(now + 2 + cycles, () -> output.places++);
    }
  }

  private void connect(Node node, int port) {
    int cycles = topology.channelCycles(port);
    node.cycles = cycles;
    for (int channel = 0; channel < channels; channel++) {
      Output output = new Output(port, channel, spec.bufferFlits());
      Input input = routers[port / radix].inputs[port % radix][channel];
      output.behind = input;
      node.outputs[channel] = output;
      // A node counts it without a cycle in between.
      input.giveBack = () -> at(now + 1 + cycles, () -> output.places++);
    }
  }

  private void at(long cycle, Runnable action) {
    later.computeIfAbsent(cycle, any -> new ArrayList<>()).add(action);
  }

  private void put(Input input, Flit flit) {
    input.buffer.addLast(flit);
    if (input.buffer.size() > spec.bufferFlits()) {
      throw new IllegalStateException("a buffer overflows");
    }
  }

  /** The first number from {@code from} on, round the ring, that fits, or -1. */
  private static int firstFrom(int from, int size, IntPredicate fits) {
    for (int i = 0; i < size; i++) {
      int at = (from + i) % size;
      if (fits.test(at)) {
        return at;
      }
    }
    return -1;
  }

  int offer(int source, int destination, int flits) {
    int packet = packets.create(source, destination, flits, now, 0);
    nodes[source].queue.addLast(packet);
    return packet;
  }

  void step() {
    List<Runnable> due = later.remove(now);
    if (due != null) {
      due.forEach(Runnable::run);
    }
    for (Node node : nodes) {
      node.cycle();
    }
    for (Router router : routers) {
      router.cycle();
    }
    now++;
  }

  long now() {
    return now;
  }

  /** Packets whose tail left the last router. */
  int delivered() {
    return delivered;
  }

  /** When the tail of a packet is at its node; 0 if it has not left the last router. */
  long arrivalCycle(int packet) {
    return arrivalCycle[packet];
  }

  @Override
  public Packets packets() {
    return packets;
  }

  @Override
  public long draw(int packet, long bound) {
    return packets.draw(packet, bound);
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int usedFlits(int router, int port) {
    int used = 0;
    for (Output output : routers[router].outputs[port]) {
      used += spec.bufferFlits() - output.places;
    }
    return used;
  }
}
