package memwall.core.stat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

final class WideSumTest {
  @Test
  void equalsBigIntegerArithmetic() {
    Randomized.check(
        500,
        random -> {
          WideSum sum = new WideSum();
          BigInteger expected = BigInteger.ZERO;
          for (int i = 0; i < 50; i++) {
            long a = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
            long b = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
            sum.add(a, b);
            expected = expected.add(BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)));
          }
          assertThat(sum.value()).isEqualTo(expected);
        });
  }

  @Test
  void carriesBetweenTheHalves() {
    WideSum sum = new WideSum();
    for (int i = 0; i < 3; i++) {
      sum.add(Long.MAX_VALUE, 2);
    }
    assertThat(sum.value())
        .isEqualTo(BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.valueOf(6)));
  }

  @Test
  void refusesNegativeFactors() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WideSum().add(-1, 2))
        .withMessage("negative factor: -1 * 2");
  }
}
