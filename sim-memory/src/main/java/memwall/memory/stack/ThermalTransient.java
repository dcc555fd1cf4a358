package memwall.memory.stack;

/**
 * The temperatures of a thermal network over simulated time, under power that is constant between
 * the times at which it is set. Exact: from one change of power to the next the solution is a
 * steady state plus decaying modes, evaluated at the time asked for and never stepped towards it.
 * Asking changes nothing.
 *
 * <p>The state is the deviation from the steady state of the present power, as amplitudes of the
 * network's modes at the time of the last change. A change of power moves the steady state, so the
 * deviation changes by as much the other way.
 */
public final class ThermalTransient {
  private final ThermalNetwork network;
  private final double surroundingsKelvin;
  private final int n;

  private long sincePs;
  private final double[] watts;
  private final double[] steadyRises;
  private final double[] amplitudes;
  private final double[] shifts;
  private final double[] kelvinSeconds;
  private final double[] modeSeconds;
  private double joulesIn;
  private double joulesOut;
  private final double joulesAtStart;

  private final ExponentialSum curve;

  /**
   * Starts at time 0 with all nodes as warm as the surroundings and no power.
   *
   * @param surroundingsKelvin absolute temperature of coolant and board, positive
   */
  public ThermalTransient(ThermalNetwork network, double surroundingsKelvin) {
    this(network, surroundingsKelvin, new double[network.nodes()]);
  }

  /**
   * Starts at time 0 in the steady state of a power, which goes on.
   *
   * @param watts power put into each node
   */
  public ThermalTransient(ThermalNetwork network, double surroundingsKelvin, double[] watts) {
    if (!(surroundingsKelvin > 0) || Double.isInfinite(surroundingsKelvin)) {
      throw new IllegalArgumentException(
          "surroundings of " + surroundingsKelvin + " K; absolute temperatures are positive");
    }
    this.network = network;
    this.surroundingsKelvin = surroundingsKelvin;
    this.n = network.nodes();
    this.watts = new double[n];
    this.steadyRises = new double[n];
    this.amplitudes = new double[n];
    this.shifts = new double[n];
    this.kelvinSeconds = new double[n];
    this.modeSeconds = new double[n];
    this.curve = new ExponentialSum(network.ratesPerSec());
    checkPower(watts);
    double stored = 0;
    for (int i = 0; i < n; i++) {
      this.watts[i] = watts[i];
      steadyRises[i] = network.steadyRiseKelvin(i, watts);
      stored += network.joulesPerKelvin(i) * steadyRises[i];
    }
    this.joulesAtStart = stored;
  }

  /** The same temperatures, to be continued apart from the original's. */
  ThermalTransient(ThermalTransient other) {
    this.network = other.network;
    this.surroundingsKelvin = other.surroundingsKelvin;
    this.n = other.n;
    this.sincePs = other.sincePs;
    this.watts = other.watts.clone();
    this.steadyRises = other.steadyRises.clone();
    this.amplitudes = other.amplitudes.clone();
    this.shifts = new double[n];
    this.kelvinSeconds = other.kelvinSeconds.clone();
    this.modeSeconds = new double[n];
    this.joulesIn = other.joulesIn;
    this.joulesOut = other.joulesOut;
    this.joulesAtStart = other.joulesAtStart;
    this.curve = new ExponentialSum(network.ratesPerSec());
  }

  private void checkPower(double[] power) {
    if (power.length != n) {
      throw new IllegalArgumentException(power.length + " powers for " + n + " nodes");
    }
    for (int i = 0; i < n; i++) {
      if (!(power[i] >= 0) || Double.isInfinite(power[i])) {
        throw new IllegalArgumentException(
            "power of " + network.name(i) + " is " + power[i] + " W; it must be 0 or more");
      }
    }
  }

  /** The network. */
  public ThermalNetwork network() {
    return network;
  }

  /** Time of the last change of power or {@link #advance}. */
  public long sincePs() {
    return sincePs;
  }

  /** Power put into a node at present. */
  public double watts(int node) {
    return watts[node];
  }

  /**
   * Sets the power of all nodes from now on.
   *
   * @param nowPs not before the last change
   * @param power 0 W or more for each node
   */
  public void setWatts(long nowPs, double[] power) {
    checkPower(power);
    advance(nowPs);
    for (int i = 0; i < n; i++) {
      watts[i] = power[i];
    }
    for (int i = 0; i < n; i++) {
      double steady = network.steadyRiseKelvin(i, watts);
      shifts[i] = steadyRises[i] - steady;
      steadyRises[i] = steady;
    }
    for (int k = 0; k < n; k++) {
      amplitudes[k] += network.amplitude(k, shifts);
    }
  }

  /**
   * Moves the time from which the solution is continued. Changes no temperature; needed only where
   * the power of a past interval becomes known at its end.
   */
  public void advance(long nowPs) {
    long spanPs = spanPs(nowPs);
    if (spanPs == 0) {
      return;
    }
    double seconds = spanPs * ExponentialSum.PS_IN_SECONDS;
    double in = 0;
    double out = 0;
    integrateModes(seconds);
    for (int i = 0; i < n; i++) {
      double area = kelvinSeconds(i, seconds);
      kelvinSeconds[i] += area;
      in += watts[i] * seconds;
      out += network.wattsPerKelvinOut(i) * area;
    }
    joulesIn += in;
    joulesOut += out;
    double[] decayed = curve.decaysAt(spanPs);
    for (int k = 0; k < n; k++) {
      amplitudes[k] *= decayed[k];
    }
    sincePs = nowPs;
  }

  /** Integrals of the modes from the last change on, for {@link #kelvinSeconds}. */
  private void integrateModes(double seconds) {
    double[] rates = network.ratesPerSec();
    for (int k = 0; k < n; k++) {
      modeSeconds[k] = -amplitudes[k] * StrictMath.expm1(-rates[k] * seconds) / rates[k];
    }
  }

  /** Integral of a node's rise since the last change, after {@link #integrateModes}. */
  private double kelvinSeconds(int node, double seconds) {
    double sum = steadyRises[node] * seconds;
    for (int k = 0; k < n; k++) {
      sum += network.shape(node, k) * modeSeconds[k];
    }
    return sum;
  }

  private long spanPs(long nowPs) {
    if (nowPs < sincePs) {
      throw new IllegalArgumentException("time goes back: " + nowPs + " < " + sincePs + " ps");
    }
    return nowPs - sincePs;
  }

  /**
   * The rise of a node above the surroundings from the last change on, if no power changes; times
   * count from {@link #sincePs}. Valid until the next call.
   */
  ExponentialSum curve(int node) {
    curve.setSteady(steadyRises[node]);
    for (int k = 0; k < n; k++) {
      curve.setFactor(k, network.shape(node, k) * amplitudes[k]);
    }
    return curve;
  }

  /**
   * Absolute temperature of a node.
   *
   * @param nowPs not before the last change of power
   */
  public double temperatureKelvin(int node, long nowPs) {
    return surroundingsKelvin + curve(node).at(spanPs(nowPs));
  }

  /** Whether a node is at or above a temperature; agrees with {@link #nextAtLeastPs}. */
  boolean isAtLeast(int node, double kelvin, long nowPs) {
    return curve(node).at(spanPs(nowPs)) >= kelvin - surroundingsKelvin;
  }

  /** Absolute temperature that a node tends to under the present power. */
  public double steadyKelvin(int node) {
    return surroundingsKelvin + steadyRises[node];
  }

  /** Mean absolute temperature of a node from time 0 to now; its temperature at time 0. */
  public double meanKelvin(int node, long nowPs) {
    long spanPs = spanPs(nowPs);
    if (nowPs == 0) {
      return temperatureKelvin(node, 0);
    }
    double seconds = spanPs * ExponentialSum.PS_IN_SECONDS;
    integrateModes(seconds);
    double area = kelvinSeconds[node] + kelvinSeconds(node, seconds);
    return surroundingsKelvin + area / (nowPs * ExponentialSum.PS_IN_SECONDS);
  }

  /**
   * When a node is next at or above a temperature, if no power changes.
   *
   * @param nowPs not before the last change of power
   * @return the first picosecond, now included, or {@link Long#MAX_VALUE} if it never is
   */
  public long nextAtLeastPs(int node, double kelvin, long nowPs) {
    return nextAtLeastPs(node, kelvin, nowPs, Long.MAX_VALUE);
  }

  /** As {@link #nextAtLeastPs(int, double, long)}, or MAX_VALUE if not by a time. */
  long nextAtLeastPs(int node, double kelvin, long nowPs, long untilPs) {
    long fromPs = spanPs(nowPs);
    ExponentialSum its = curve(node);
    return since(its.firstAtLeast(kelvin - surroundingsKelvin, fromPs, endPs(fromPs, untilPs)));
  }

  /** When a node is next below a temperature, if no power changes; as {@link #nextAtLeastPs}. */
  public long nextBelowPs(int node, double kelvin, long nowPs) {
    return nextBelowPs(node, kelvin, nowPs, Long.MAX_VALUE);
  }

  /** As {@link #nextBelowPs(int, double, long)}, or MAX_VALUE if not by a time. */
  long nextBelowPs(int node, double kelvin, long nowPs, long untilPs) {
    long fromPs = spanPs(nowPs);
    ExponentialSum its = curve(node);
    return since(its.firstBelow(kelvin - surroundingsKelvin, fromPs, endPs(fromPs, untilPs)));
  }

  private long since(long ps) {
    return ps == ExponentialSum.NEVER || ps > Long.MAX_VALUE - sincePs
        ? Long.MAX_VALUE
        : sincePs + ps;
  }

  /**
   * End of a search, from the last change on: the time given, or one after which nothing moves:
   * e^-50 of a deviation of 1000 K is below the resolution of a temperature, so what has not been
   * reached by then never is.
   */
  private long endPs(long fromPs, long untilPs) {
    double ps = 50 / network.ratesPerSec()[0] / ExponentialSum.PS_IN_SECONDS;
    long settledPs = ps < 4e18 ? Math.max(1, (long) ps) : Long.MAX_VALUE / 2;
    return Math.max(fromPs, Math.min(settledPs, untilPs - sincePs));
  }

  /** Heat put into all nodes from time 0 to now. */
  public double joulesIn(long nowPs) {
    double seconds = spanPs(nowPs) * ExponentialSum.PS_IN_SECONDS;
    double sum = joulesIn;
    for (int i = 0; i < n; i++) {
      sum += watts[i] * seconds;
    }
    return sum;
  }

  /** Heat given to the surroundings from time 0 to now. */
  public double joulesOut(long nowPs) {
    double seconds = spanPs(nowPs) * ExponentialSum.PS_IN_SECONDS;
    integrateModes(seconds);
    double sum = joulesOut;
    for (int i = 0; i < n; i++) {
      sum += network.wattsPerKelvinOut(i) * kelvinSeconds(i, seconds);
    }
    return sum;
  }

  /** Heat stored in all nodes now, less what was stored at time 0. */
  public double joulesStored(long nowPs) {
    long spanPs = spanPs(nowPs);
    double sum = -joulesAtStart;
    for (int i = 0; i < n; i++) {
      sum += network.joulesPerKelvin(i) * curve(i).at(spanPs);
    }
    return sum;
  }
}
