package planted.workloads.serving;

/** As it should be. */
public interface Scheduler {}
