package memwall.workloads.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import memwall.workloads.execution.Parts;
import memwall.workloads.serving.RequestRecord;
import memwall.workloads.serving.ServingObserver;
import memwall.workloads.serving.ServingOutcome;

/** A run that is over, with the records of its requests. */
record ServedRun(List<RequestRecord> records, ServingRun run, ServingOutcome outcome) {

  /** Carries out a run; its laws hold. */
  static ServedRun of(RunSpec spec) {
    List<RequestRecord> records = new ArrayList<>();
    ServingRun run =
        new ServingRun(
            spec,
            Workload.scan(spec).open(),
            new ServingObserver() {
              @Override
              public void ended(RequestRecord record) {
                records.add(record);
              }
            });
    ServingOutcome outcome = run.run();
    assertThat(run.laws(outcome)).allMatch(RunLaw::holds);
    return new ServedRun(records, run, outcome);
  }

  /** Time that a part took of all steps; 0 if there is no such part. */
  long spentPs(String key) {
    List<Parts.Part> parts = run.executor().parts().list();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).key().equals(key)) {
        return run.executor().spentPs(i);
      }
    }
    return 0;
  }
}
