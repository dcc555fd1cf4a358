package memwall.memory.stack;

import java.util.ArrayList;
import java.util.List;

/**
 * A thermal RC network: nodes with heat capacities, resistances between nodes and from nodes to the
 * surroundings (coolant, board), which keep their temperature.
 *
 * <p>With the rise {@code r} of the nodes above the surroundings, heat capacities {@code C}, the
 * conductance matrix {@code G} and the power {@code P} put into the nodes, {@code C dr/dt = P - G
 * r}. The matrix {@code C^-1/2 G C^-1/2} is symmetric and positive definite; its eigenvalues are
 * the decay rates of the network, found once here. {@link ThermalTransient} uses them to go from
 * one time to any later one in a single exact step. Immutable.
 */
public final class ThermalNetwork {
  private final List<String> names;
  private final double[] joulesPerKelvin;
  private final double[] wattsPerKelvinOut;
  private final double[] ratesPerSec;
  private final double[][] conductance;

  /** Row k: takes rises to the amplitude of mode k. */
  private final double[][] toModes;

  /** Row i: takes the amplitudes of the modes to the rise of node i. */
  private final double[][] toRises;

  /** The inverse of G: rise of node i per watt put into node j. */
  private final double[][] kelvinPerWatt;

  private ThermalNetwork(Builder builder) {
    int n = builder.names.size();
    this.names = List.copyOf(builder.names);
    this.joulesPerKelvin = new double[n];
    this.wattsPerKelvinOut = new double[n];
    this.conductance = new double[n][n];
    for (int i = 0; i < n; i++) {
      joulesPerKelvin[i] = builder.joulesPerKelvin.get(i);
    }
    for (Link link : builder.links) {
      double wattsPerKelvin = 1 / link.kelvinPerWatt;
      conductance[link.from][link.from] += wattsPerKelvin;
      if (link.to == Builder.SURROUNDINGS) {
        wattsPerKelvinOut[link.from] += wattsPerKelvin;
      } else {
        conductance[link.to][link.to] += wattsPerKelvin;
        conductance[link.from][link.to] -= wattsPerKelvin;
        conductance[link.to][link.from] -= wattsPerKelvin;
      }
    }
    this.kelvinPerWatt = inverse(conductance);
    SymmetricEigen eigen = SymmetricEigen.of(symmetrised(conductance));
    this.ratesPerSec = new double[n];
    this.toModes = new double[n][n];
    this.toRises = new double[n][n];
    for (int k = 0; k < n; k++) {
      ratesPerSec[k] = eigen.value(k);
      for (int i = 0; i < n; i++) {
        double root = Math.sqrt(joulesPerKelvin[i]);
        toModes[k][i] = eigen.vector(k, i) * root;
        toRises[i][k] = eigen.vector(k, i) / root;
      }
    }
  }

  private double[][] symmetrised(double[][] conductance) {
    int n = conductance.length;
    double[][] scaled = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        scaled[i][j] =
            conductance[i][j] / (Math.sqrt(joulesPerKelvin[i]) * Math.sqrt(joulesPerKelvin[j]));
      }
    }
    return scaled;
  }

  /**
   * Inverse of a symmetric positive definite matrix by elimination without pivoting, stable for
   * diagonally dominant matrices (Golub and Van Loan, section 4.1).
   */
  private static double[][] inverse(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][];
    double[][] inverse = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
      inverse[i][i] = 1;
    }
    for (int p = 0; p < n; p++) {
      for (int i = p + 1; i < n; i++) {
        double factor = a[i][p] / a[p][p];
        for (int j = p; factor != 0 && j < n; j++) {
          a[i][j] -= factor * a[p][j];
        }
        for (int j = 0; factor != 0 && j <= p; j++) {
          inverse[i][j] -= factor * inverse[p][j];
        }
      }
    }
    for (int p = n - 1; p >= 0; p--) {
      for (int j = 0; j < n; j++) {
        double sum = inverse[p][j];
        for (int i = p + 1; i < n; i++) {
          sum -= a[p][i] * inverse[i][j];
        }
        inverse[p][j] = sum / a[p][p];
      }
    }
    return inverse;
  }

  /** Number of nodes. */
  public int nodes() {
    return names.size();
  }

  /** Name of a node, for messages and statistics. */
  public String name(int node) {
    return names.get(node);
  }

  /** Heat capacity of a node. */
  public double joulesPerKelvin(int node) {
    return joulesPerKelvin[node];
  }

  /** Conductance from a node to the surroundings; 0 if it has none. */
  public double wattsPerKelvinOut(int node) {
    return wattsPerKelvinOut[node];
  }

  /** Conductance between two nodes; 0 if they are not linked. */
  public double wattsPerKelvin(int one, int other) {
    return one == other ? 0 : -conductance[one][other];
  }

  /** Steady rise of one node per watt put into another: symmetric, exact up to rounding. */
  public double kelvinPerWatt(int node, int heated) {
    return kelvinPerWatt[node][heated];
  }

  /**
   * Steady rise of a node above its surroundings.
   *
   * @param watts power put into each node
   */
  public double steadyRiseKelvin(int node, double[] watts) {
    double rise = 0;
    double[] row = kelvinPerWatt[node];
    for (int j = 0; j < row.length; j++) {
      rise += row[j] * watts[j];
    }
    return rise;
  }

  /**
   * Time constant of a mode.
   *
   * @param mode 0 for the slowest, up to {@link #nodes} - 1 for the fastest
   */
  public double timeConstantSeconds(int mode) {
    return 1 / ratesPerSec[mode];
  }

  /** Decay rates of the modes, ascending; not to be changed. */
  double[] ratesPerSec() {
    return ratesPerSec;
  }

  /** Amplitude of a mode in given rises. */
  double amplitude(int mode, double[] rises) {
    double sum = 0;
    double[] row = toModes[mode];
    for (int i = 0; i < row.length; i++) {
      sum += row[i] * rises[i];
    }
    return sum;
  }

  /** Share of a mode in the rise of a node. */
  double shape(int node, int mode) {
    return toRises[node][mode];
  }

  private record Link(int from, int to, double kelvinPerWatt) {}

  /** Collects nodes and resistances. */
  public static final class Builder {
    private static final int SURROUNDINGS = -1;

    private final List<String> names = new ArrayList<>();
    private final List<Double> joulesPerKelvin = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();

    /** An empty network. */
    public Builder() {}

    /**
     * Adds a node.
     *
     * @param name unique
     * @param heatJoulesPerKelvin its heat capacity, positive and finite
     * @return its number: 0, 1, ...
     */
    public int node(String name, double heatJoulesPerKelvin) {
      checkPositive("heat capacity of " + name, heatJoulesPerKelvin);
      if (names.contains(name)) {
        throw new IllegalArgumentException("node '" + name + "' is there already");
      }
      names.add(name);
      joulesPerKelvin.add(heatJoulesPerKelvin);
      return names.size() - 1;
    }

    /** Adds a resistance between two nodes; several in parallel add their conductances. */
    public void resistance(int one, int other, double kelvinPerWatt) {
      checkNode(one);
      checkNode(other);
      if (one == other) {
        throw new IllegalArgumentException("a resistance from " + names.get(one) + " to itself");
      }
      checkPositive("resistance at " + names.get(one), kelvinPerWatt);
      links.add(new Link(one, other, kelvinPerWatt));
    }

    /** Adds a resistance from a node to the surroundings. */
    public void resistanceOut(int node, double kelvinPerWatt) {
      checkNode(node);
      checkPositive("resistance at " + names.get(node), kelvinPerWatt);
      links.add(new Link(node, SURROUNDINGS, kelvinPerWatt));
    }

    private void checkNode(int node) {
      if (node < 0 || node >= names.size()) {
        throw new IllegalArgumentException("no node " + node);
      }
    }

    private static void checkPositive(String what, double value) {
      if (!(value > 0) || Double.isInfinite(value) || Double.isInfinite(1 / value)) {
        throw new IllegalArgumentException(what + " is " + value + "; it must be positive");
      }
    }

    /**
     * Builds the network.
     *
     * @throws IllegalArgumentException if there is no node or heat cannot leave from one of them
     */
    public ThermalNetwork build() {
      if (names.isEmpty()) {
        throw new IllegalArgumentException("a thermal network needs a node");
      }
      boolean[] cooled = new boolean[names.size()];
      boolean more = true;
      while (more) {
        more = false;
        for (Link link : links) {
          boolean toOut = link.to == SURROUNDINGS || cooled[link.to];
          if (toOut && !cooled[link.from]) {
            cooled[link.from] = true;
            more = true;
          }
          if (cooled[link.from] && link.to != SURROUNDINGS && !cooled[link.to]) {
            cooled[link.to] = true;
            more = true;
          }
        }
      }
      for (int i = 0; i < cooled.length; i++) {
        if (!cooled[i]) {
          throw new IllegalArgumentException("no way for the heat out of " + names.get(i));
        }
      }
      return new ThermalNetwork(this);
    }
  }
}
