package memwall.workloads.serving;

import java.util.List;
import memwall.workloads.operator.OperatorPlan;

/** Says how busy a step's plan keeps each resource, for the run over time. */
public interface StepBusy {
  /** Names of the resources. */
  List<String> resources();

  /** Picoseconds that a resource works for this plan at its sustained rate. */
  double busyPs(int resource, OperatorPlan plan);
}
