package memwall.memory.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import memwall.core.Randomized;
import memwall.memory.MemorySpec;
import org.junit.jupiter.api.Test;

/** Law F4: one channel or stack that stands for all changes nothing but the number of events. */
class FoldingTest {
  @Test
  void foldedEqualsFullToThePicosecond() {
    long[] events = new long[2];
    Randomized.check(
        2000,
        random -> {
          MemorySpec spec = Rig.randomSpec(random);
          int devices = 1 + random.nextInt(6);
          List<Rig.Step> script = Rig.randomScript(random, 1 + random.nextInt(40), 2_000_000);
          Rig full = new Rig(spec, devices, false);
          Rig folded = new Rig(spec, devices, true);
          for (Rig rig : new Rig[] {full, folded}) {
            rig.schedule(script);
            rig.simulation.run();
            assertThat(rig.memory.outstanding()).isZero();
            assertThat(rig.memory.brokenLaws()).isEmpty();
          }
          assertThat(folded.donePs).isEqualTo(full.donePs);
          assertThat(folded.noted).isEqualTo(full.noted);
          assertThat(folded.snapshot().values()).isEqualTo(full.snapshot().values());
          assertThat(Rig.histograms(folded.snapshot())).isEqualTo(Rig.histograms(full.snapshot()));
          events[0] += full.simulation.eventsFired();
          events[1] += folded.simulation.eventsFired();
        });
    if (System.getProperty(Randomized.SEED_PROPERTY) == null) {
      assertThat(events[1]).isLessThan(events[0] / 2);
    }
  }
}
