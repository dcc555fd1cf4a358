package planted.workloads.model;

import planted.workloads.serving.Scheduler;

/** A model does not know who serves it. */
final class KnowsServing {
  Scheduler[] schedulers = {};
}
