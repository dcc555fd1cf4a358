package planted.core;

import java.util.function.DoubleUnaryOperator;

/** Calls functions whose last digits a machine may choose. */
final class Maths {
  double logarithm(double x) {
    return Math.log(x);
  }

  double power(double x) {
    return Math.pow(x, 1.5);
  }

  DoubleUnaryOperator sine() {
    return Math::sin;
  }
}
