package memwall.memory.stack;

/**
 * Eigenvalues and orthonormal eigenvectors of a small symmetric positive definite matrix by
 * Jacobi's method with cyclic sweeps (Golub and Van Loan, "Matrix Computations", section 8.5).
 *
 * <p>Chosen over tridiagonal QL because it takes any network, is short, and finds the small
 * eigenvalues of a matrix that is diagonally dominant after scaling to high relative accuracy
 * (Demmel and Veselic, SIAM J. Matrix Anal. Appl. 13, 1992): a stack has time constants from
 * microseconds to seconds. Rotations go on until every off-diagonal element is negligible against
 * the two diagonal elements of its row and column.
 */
final class SymmetricEigen {
  private static final int MAX_SWEEPS = 80;
  private static final double NEGLIGIBLE = 0x1.0p-53;

  private final double[] values;
  private final double[][] vectors;

  private SymmetricEigen(double[] values, double[][] vectors) {
    this.values = values;
    this.vectors = vectors;
  }

  /**
   * Decomposes a matrix.
   *
   * @param symmetric square and symmetric; left as it is
   * @throws ArithmeticException if it is not positive definite or the sweeps do not converge
   */
  static SymmetricEigen of(double[][] symmetric) {
    int n = symmetric.length;
    double[][] a = new double[n][];
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i] = symmetric[i].clone();
      v[i][i] = 1;
    }
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      if (!sweep(a, v)) {
        return sorted(a, v);
      }
    }
    throw new ArithmeticException("eigenvalues do not converge");
  }

  /** One sweep over all pairs; whether anything was rotated. */
  private static boolean sweep(double[][] a, double[][] v) {
    boolean rotated = false;
    for (int p = 0; p < a.length; p++) {
      for (int q = p + 1; q < a.length; q++) {
        double scale = Math.sqrt(Math.abs(a[p][p])) * Math.sqrt(Math.abs(a[q][q]));
        if (Math.abs(a[p][q]) > NEGLIGIBLE * scale) {
          rotate(a, v, p, q);
          rotated = true;
        }
      }
    }
    return rotated;
  }

  /** Annihilates a[p][q] by the smaller of the two rotations that do. */
  private static void rotate(double[][] a, double[][] v, int p, int q) {
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double root = Math.abs(theta) > 1e150 ? Math.abs(theta) : Math.sqrt(theta * theta + 1);
    double tan = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + root);
    double cos = 1 / Math.sqrt(tan * tan + 1);
    double sin = tan * cos;
    a[p][p] -= tan * a[p][q];
    a[q][q] += tan * a[p][q];
    a[p][q] = 0;
    a[q][p] = 0;
    for (int k = 0; k < a.length; k++) {
      if (k != p && k != q) {
        double kp = a[k][p];
        double kq = a[k][q];
        a[k][p] = cos * kp - sin * kq;
        a[p][k] = a[k][p];
        a[k][q] = sin * kp + cos * kq;
        a[q][k] = a[k][q];
      }
      double vp = v[k][p];
      double vq = v[k][q];
      v[k][p] = cos * vp - sin * vq;
      v[k][q] = sin * vp + cos * vq;
    }
  }

  private static SymmetricEigen sorted(double[][] a, double[][] v) {
    int n = a.length;
    double[] values = new double[n];
    double[][] vectors = new double[n][n];
    boolean[] taken = new boolean[n];
    for (int k = 0; k < n; k++) {
      int least = -1;
      for (int i = 0; i < n; i++) {
        if (!taken[i] && (least < 0 || a[i][i] < a[least][least])) {
          least = i;
        }
      }
      taken[least] = true;
      values[k] = a[least][least];
      if (!(values[k] > 0)) {
        throw new ArithmeticException("eigenvalue " + values[k] + " is not positive");
      }
      for (int i = 0; i < n; i++) {
        vectors[k][i] = v[i][least];
      }
    }
    return new SymmetricEigen(values, vectors);
  }

  /** Eigenvalue k, in ascending order. */
  double value(int k) {
    return values[k];
  }

  /** Element i of the eigenvector of eigenvalue k. */
  double vector(int k, int i) {
    return vectors[k][i];
  }
}
