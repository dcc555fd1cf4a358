package planted.core;

import java.util.List;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Uses threads in every way. */
final class Threads {
  Thread thread(Runnable work) {
    return new Thread(work);
  }

  ExecutorService executor() {
    return Executors.newCachedThreadPool();
  }

  CompletableFuture<Void> future(Runnable work) {
    return CompletableFuture.runAsync(work);
  }

  Stream<String> parallel(Stream<String> stream) {
    return stream.parallel();
  }

  Stream<String> parallelOfCollection(List<String> list) {
    return list.parallelStream();
  }

  Timer timer() {
    return new Timer();
  }

  void hook(Thread thread) {
    Runtime.getRuntime().addShutdownHook(thread);
  }
}
