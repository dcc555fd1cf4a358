package planted.core;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;

/** Draws numbers that no seed repeats. */
final class Randoms {
  /** As a method reference, which is no call. */
  DoubleSupplier math() {
    return Math::random;
  }

  double unseeded() {
    return new Random().nextDouble();
  }

  double splittable() {
    return new SplittableRandom().nextDouble();
  }

  double threadLocal() {
    return ThreadLocalRandom.current().nextDouble();
  }

  double generator() {
    return RandomGenerator.of("L64X128MixRandom").nextDouble();
  }

  UUID uuid() {
    return UUID.randomUUID();
  }

  double secure() {
    return new SecureRandom().nextDouble();
  }

  void shuffle(List<String> list) {
    Collections.shuffle(list);
  }
}
