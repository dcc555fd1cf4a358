package memwall;

import static org.assertj.core.api.Assertions.assertThat;

import memwall.core.unit.Units;
import org.junit.jupiter.api.Test;

final class SkeletonTest {
  @Test
  void transferRoundsUp() {
    assertThat(Units.transferPs(1, 3)).isEqualTo(333_333_333_334L);
  }
}
