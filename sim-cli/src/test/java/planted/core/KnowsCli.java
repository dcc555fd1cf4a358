package planted.core;

import planted.cli.Application;

/** Nobody knows the application, not even by a type parameter. */
final class KnowsCli {
  java.util.List<Application> applications = java.util.List.of();
}
