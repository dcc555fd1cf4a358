package memwall.core;

/** Somebody who may hold work that only an event can finish; asked by the watchdog. */
public interface Waiting {
  /** How many operations wait here now. */
  long waitingCount();

  /** Who waits for what, for the error message, for example {@code "hbm.channel0: 3 transfers"}. */
  String describeWaiting();
}
