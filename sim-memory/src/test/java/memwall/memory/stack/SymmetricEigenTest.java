package memwall.memory.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
  /** A v = l v, v orthonormal, l ascending, for products B B^T. */
  @Test
  void decomposes() {
    Randomized.check(
        100,
        random -> {
          int n = 1 + random.nextInt(24);
          double[][] b = new double[n][n];
          for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
              b[i][j] = random.nextDouble() - 0.5;
            }
            b[i][i] += 1;
          }
          double[][] a = new double[n][n];
          for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
              for (int k = 0; k < n; k++) {
                a[i][j] += b[i][k] * b[j][k];
              }
            }
          }
          SymmetricEigen eigen = SymmetricEigen.of(a);
          for (int k = 0; k < n; k++) {
            assertThat(eigen.value(k)).isGreaterThanOrEqualTo(k == 0 ? 0 : eigen.value(k - 1));
            for (int i = 0; i < n; i++) {
              double product = 0;
              for (int j = 0; j < n; j++) {
                product += a[i][j] * eigen.vector(k, j);
              }
              assertThat(product).isCloseTo(eigen.value(k) * eigen.vector(k, i), within(1e-11));
            }
            for (int other = 0; other < n; other++) {
              double dot = 0;
              for (int i = 0; i < n; i++) {
                dot += eigen.vector(k, i) * eigen.vector(other, i);
              }
              assertThat(dot).isCloseTo(other == k ? 1 : 0, within(1e-13));
            }
          }
        });
  }

  @Test
  void smallEigenvaluesOfAScaledMatrixAreAccurate() {
    // diag(d) M diag(d) with M = [[2, 1], [1, 2]]: the product of the eigenvalues is 3 d1^2 d2^2.
    double big = 1e8;
    double small = 1e-8;
    SymmetricEigen eigen =
        SymmetricEigen.of(new double[][] {{2 * big * big, 1}, {1, 2 * small * small}});
    assertThat(eigen.value(0)).isCloseTo(1.5e-16, within(1e-30));
    assertThat(eigen.value(1)).isCloseTo(2e16, within(4.0));
  }

  @Test
  void refusesWhatIsNotPositiveDefinite() {
    assertThatThrownBy(() -> SymmetricEigen.of(new double[][] {{1, 2}, {2, 1}}))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("is not positive");
    assertThatThrownBy(() -> SymmetricEigen.of(new double[][] {{Double.NaN}}))
        .isInstanceOf(ArithmeticException.class);
  }
}
