package planted.cli;

import java.util.concurrent.ThreadLocalRandom;

/** May look at the clock, use threads and print; but it depends on the locale. */
@SuppressWarnings({"SystemOut", "DefaultLocale"})
public final class Application {
  public void run() {
    System.out.println(
        String.format(
            "%.1f", Math.log((double) System.nanoTime() + ThreadLocalRandom.current().nextInt())));
    new Thread(() -> {}).start();
  }
}
