package memwall.bench;

import java.util.ArrayList;
import java.util.List;
import memwall.core.Handler;

/**
 * 1000 components that send requests to each other. Each keeps a number of requests in flight; a
 * request travels 1 to 1000 ns, so does its reply; a quarter of all events are zero-delay events of
 * a component to itself; a timeout of 100 us is armed for each request and cancelled on its reply;
 * a timer of 1 ms per component samples its count. The engine is behind {@link Engine}.
 */
final class ComponentWorkload<E, T> {
  static final int COMPONENTS = 1000;

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

  /** One component; requests are known by their number, which names their origin too. */
  private final class Component {
    final E receive;
    final E prepare;
    final E reply;
    final E restart;
    final T sample;
    final List<T> timeouts = new ArrayList<>(inFlight);
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
      Handler expire = this::expire;
      for (int i = 0; i < inFlight; i++) {
        timeouts.add(engine.bindTimer(name + ".timeout", expire));
      }
    }

    void restart(long request) {
      engine.arm(timeouts.get((int) request - firstRequest), TIMEOUT_PS, request);
      Component target = components.get(draw(COMPONENTS));
      engine.schedule(target.receive, travelPs(), request);
    }

    void receive(long request) {
      if (draw(3) == 0) {
        engine.schedule(prepare, 0, request);
      } else {
        prepare(request);
      }
    }

    void prepare(long request) {
      engine.schedule(components.get((int) request / inFlight).reply, travelPs(), request);
    }

    void reply(long request) {
      replies++;
      engine.cancel(timeouts.get((int) request - firstRequest));
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
  private final List<Component> components = new ArrayList<>(COMPONENTS);
  private long state = 1;

  ComponentWorkload(Engine<E, T> engine, int inFlight) {
    this.engine = engine;
    this.inFlight = inFlight;
    for (int i = 0; i < COMPONENTS; i++) {
      components.add(new Component(i));
    }
    for (int i = 0; i < COMPONENTS; i++) {
      engine.arm(components.get(i).sample, SAMPLE_PS, 0);
      for (int j = 0; j < inFlight; j++) {
        components.get(i).restart(components.get(i).firstRequest + j);
      }
    }
  }

  private long travelPs() {
    return 1_000L * (1 + draw(1_000));
  }

  /** A number below a small bound, from the cheapest generator: the engine is to be measured. */
  private int draw(int bound) {
    state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
    return (int) (((state >>> 33) * bound) >>> 31);
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
