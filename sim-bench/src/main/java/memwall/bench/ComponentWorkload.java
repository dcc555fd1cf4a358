package memwall.bench;

import memwall.core.Handler;

/**
 * 1000 components that send requests to each other. Each keeps a number of requests in flight; a
 * request travels 1 to 1000 ns, so does its reply; a quarter of all events are zero-delay events of
 * a component to itself; a timeout of 100 us is armed for each request and cancelled on its reply;
 * a timer of 1 ms per component samples its count. The engine is behind {@link Engine}.
 */
final class ComponentWorkload<E, T> implements Workload {
  static final int COMPONENTS = 1000;

  private static final int SLOT_BITS = 10;
  private static final int SLOTS = 1 << SLOT_BITS;

  private static final long TIMEOUT_PS = 100_000_000;
  private static final long SAMPLE_PS = 1_000_000_000;

  /** What a component needs of an engine with events of type E and timers of type T. */
  interface Engine<E, T> {
    E bindEvent(String name, Handler handler);

    T bindTimer(String name, Handler handler);

    void schedule(E event, long delayPs, long word);

    void arm(T timer, long delayPs, long word);

    void cancel(T timer);

    /** Fires so many events. */
    void run(long events);

    long fingerprint();
  }

  /** One component. The word of a request: the number of its origin, and its slot there. */
  private final class Component {
    final E receive;
    final E prepare;
    final E reply;
    final E restart;
    final T sample;
    final T[] timeouts;
    final long requests;
    long replies;
    long expired;
    long sampled;

    Component(int index) {
      requests = (long) index << SLOT_BITS;
      String name = "component" + index;
      receive = engine.bindEvent(name + ".receive", this::receive);
      prepare = engine.bindEvent(name + ".prepare", this::prepare);
      reply = engine.bindEvent(name + ".reply", this::reply);
      restart = engine.bindEvent(name + ".restart", this::restart);
      sample = engine.bindTimer(name + ".sample", this::sample);
      String timeout = name + ".timeout";
      Handler expire = this::expire;
      timeouts = newArray(inFlight);
      for (int i = 0; i < inFlight; i++) {
        timeouts[i] = engine.bindTimer(timeout, expire);
      }
    }

    void restart(long request) {
      engine.arm(timeouts[(int) request & (SLOTS - 1)], TIMEOUT_PS, request);
      engine.schedule(components[draw(COMPONENTS)].receive, travelPs(), request);
    }

    void receive(long request) {
      if (draw(3) == 0) {
        engine.schedule(prepare, 0, request);
      } else {
        prepare(request);
      }
    }

    void prepare(long request) {
      engine.schedule(components[(int) (request >>> SLOT_BITS)].reply, travelPs(), request);
    }

    void reply(long request) {
      replies++;
      engine.cancel(timeouts[(int) request & (SLOTS - 1)]);
      if (draw(3) == 0) {
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

  private final Engine<E, T> engine;
  private final int inFlight;
  private final Component[] components;
  private long state = 1;

  ComponentWorkload(Engine<E, T> engine, int inFlight) {
    this.engine = engine;
    this.inFlight = inFlight;
    components = newComponents();
    for (int i = 0; i < COMPONENTS; i++) {
      components[i] = new Component(i);
    }
    for (Component component : components) {
      engine.arm(component.sample, SAMPLE_PS, 0);
      for (int j = 0; j < inFlight; j++) {
        component.restart(component.requests + j);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <A> A[] newArray(int length) {
    return (A[]) new Object[length];
  }

  // Component is an inner class of a generic one, so its arrays are made raw.
  @SuppressWarnings({"unchecked", "rawtypes"})
  private Component[] newComponents() {
    return (Component[]) new ComponentWorkload.Component[COMPONENTS];
  }

  private long travelPs() {
    return 1_000L * (1 + draw(1_000));
  }

  /** A number below a small bound, from the cheapest generator: the engine is to be measured. */
  private int draw(int bound) {
    state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
    return (int) (((state >>> 33) * bound) >>> 31);
  }

  @Override
  public long check() {
    long sum = 0;
    for (Component component : components) {
      sum += component.replies + component.sampled + component.expired;
    }
    return sum;
  }
}
