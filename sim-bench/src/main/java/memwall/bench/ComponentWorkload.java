package memwall.bench;

import memwall.core.Handler;
import memwall.core.random.RandomStream;
import memwall.core.random.RandomStreams;

/**
 * 1000 components that send requests to each other. Each keeps a number of requests in flight; a
 * request travels 1 to 1000 ns, so does its reply; a quarter of all events are zero-delay events of
 * a component to itself; a timeout of 100 us is armed for each request and cancelled on its reply;
 * a timer of 1 ms per component samples its count. The engine is behind {@link Engine}.
 */
final class ComponentWorkload {
  static final int COMPONENTS = 1000;

  private static final long TIMEOUT_PS = 100_000_000;
  private static final long SAMPLE_PS = 1_000_000_000;

  /** What a component needs of an engine; handlers are known by the numbers they are given. */
  interface Engine {
    int bindEvent(String name, Handler handler);

    int bindTimer(String name, Handler handler);

    void schedule(int event, long delayPs, long word);

    void arm(int timer, long delayPs, long word);

    void cancel(int timer);

    /** Fires so many events. */
    void run(long events);

    long fingerprint();
  }

  /** One component; requests are known by their number, which names their origin too. */
  private final class Component {
    final int receive;
    final int prepare;
    final int reply;
    final int restart;
    final int sample;
    final int[] timeouts = new int[inFlight];
    final int firstRequest;
    long replies;
    long expired;
    long sampled;

    Component(int index) {
      firstRequest = index * inFlight;
      String name = "component" + index;
      receive = engine.bindEvent(name + ".receive", this::receive);
      prepare = engine.bindEvent(name + ".prepare", this::prepare);
      reply = engine.bindEvent(name + ".reply", this::reply);
      restart = engine.bindEvent(name + ".restart", this::restart);
      sample = engine.bindTimer(name + ".sample", this::sample);
      for (int i = 0; i < inFlight; i++) {
        timeouts[i] = engine.bindTimer(name + ".timeout" + i, this::expire);
      }
    }

    void restart(long request) {
      engine.arm(timeouts[(int) request - firstRequest], TIMEOUT_PS, request);
      Component target = components[(int) random.nextLong(COMPONENTS)];
      engine.schedule(target.receive, travelPs(), request);
    }

    void receive(long request) {
      if (random.nextLong(3) == 0) {
        engine.schedule(prepare, 0, request);
      } else {
        prepare(request);
      }
    }

    void prepare(long request) {
      engine.schedule(components[(int) request / inFlight].reply, travelPs(), request);
    }

    void reply(long request) {
      replies++;
      engine.cancel(timeouts[(int) request - firstRequest]);
      if (random.nextLong(3) == 0) {
        engine.schedule(restart, 0, request);
      } else {
        restart(request);
      }
    }

    void expire(long request) {
      expired++;
      restart(request);
    }

    void sample(long ignored) {
      sampled += replies;
      engine.arm(sample, SAMPLE_PS, 0);
    }
  }

  private final Engine engine;
  private final int inFlight;
  private final RandomStream random = new RandomStreams(1).stream("workload", "traffic");
  private final Component[] components = new Component[COMPONENTS];

  ComponentWorkload(Engine engine, int inFlight) {
    this.engine = engine;
    this.inFlight = inFlight;
    for (int i = 0; i < COMPONENTS; i++) {
      components[i] = new Component(i);
    }
    for (int i = 0; i < COMPONENTS; i++) {
      engine.arm(components[i].sample, SAMPLE_PS, 0);
      for (int j = 0; j < inFlight; j++) {
        components[i].restart(components[i].firstRequest + j);
      }
    }
  }

  private long travelPs() {
    return 1_000 * (1 + random.nextLong(1_000));
  }

  /** Replies of all components, for the check that both engines did the same. */
  long replies() {
    long sum = 0;
    for (Component component : components) {
      sum += component.replies + component.sampled + component.expired;
    }
    return sum;
  }
}
