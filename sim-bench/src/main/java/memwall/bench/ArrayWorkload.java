package memwall.bench;

import memwall.core.Handler;

/**
 * The component workload in the form that models of many equal parts have (links, channels, ports):
 * the state of all components in arrays, one handler per kind of event, the component in the
 * event's word. Delays, shares and timeouts are those of {@link ComponentWorkload}.
 */
final class ArrayWorkload<E, T> implements Workload {
  private static final int COMPONENTS = ComponentWorkload.COMPONENTS;
  private static final long REQUEST_MASK = 0xFFFF_FFFFL;
  private static final long TIMEOUT_PS = 100_000_000;
  private static final long SAMPLE_PS = 1_000_000_000;

  private final ComponentWorkload.Engine<E, T> engine;
  private final E receive;
  private final E prepare;
  private final E reply;
  private final E restart;

  /** Bits of a request's number below its component: as few as hold the slots. */
  private final int slotBits;

  // Per request (component and slot), and per component.
  private final T[] timeouts;
  private final T[] samples;
  private final int[] received = new int[COMPONENTS];
  private final int[] replies = new int[COMPONENTS];
  private final long[] sampled = new long[COMPONENTS];
  private long expired;
  private long state = 1;

  ArrayWorkload(ComponentWorkload.Engine<E, T> engine, int inFlight) {
    this.engine = engine;
    this.slotBits = Integer.SIZE - Integer.numberOfLeadingZeros(inFlight - 1);
    this.receive = engine.bindEvent("receive", this::receive);
    this.prepare = engine.bindEvent("prepare", this::prepare);
    this.reply = engine.bindEvent("reply", this::reply);
    this.restart = engine.bindEvent("restart", this::restart);
    this.timeouts = newArray(COMPONENTS << slotBits);
    this.samples = newArray(COMPONENTS);
    Handler expire = this::expire;
    Handler sample = this::sample;
    for (int i = 0; i < COMPONENTS; i++) {
      samples[i] = engine.bindTimer("sample", sample);
      engine.arm(samples[i], SAMPLE_PS, i);
      for (int j = 0; j < inFlight; j++) {
        timeouts[(i << slotBits) + j] = engine.bindTimer("timeout", expire);
      }
    }
    for (int i = 0; i < COMPONENTS; i++) {
      for (int j = 0; j < inFlight; j++) {
        restart((i << slotBits) + j);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <A> A[] newArray(int length) {
    return (A[]) new Object[length];
  }

  private void restart(long request) {
    engine.arm(timeouts[(int) request], TIMEOUT_PS, request);
    long target = draw(COMPONENTS);
    engine.schedule(receive, travelPs(), target << 32 | request);
  }

  private void receive(long word) {
    received[(int) (word >>> 32)]++;
    long request = word & REQUEST_MASK;
    if (draw(3) == 0) {
      engine.schedule(prepare, 0, request);
    } else {
      prepare(request);
    }
  }

  private void prepare(long request) {
    engine.schedule(reply, travelPs(), request);
  }

  private void reply(long request) {
    replies[(int) request >>> slotBits]++;
    engine.cancel(timeouts[(int) request]);
    if (draw(3) == 0) {
      engine.schedule(restart, 0, request);
    } else {
      restart(request);
    }
  }

  private void expire(long request) {
    expired++;
    restart(request);
  }

  private void sample(long component) {
    sampled[(int) component] += replies[(int) component];
    engine.arm(samples[(int) component], SAMPLE_PS, component);
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
    long sum = expired;
    for (int i = 0; i < COMPONENTS; i++) {
      sum += received[i] + replies[i] + sampled[i];
    }
    return sum;
  }
}
