package planted.workloads.system;

import planted.cli.Application;

/** Nobody knows the application. */
final class KnowsCli extends java.util.ArrayList<Application> {
  private static final long serialVersionUID = 1;
}
