/** That plugins take most of the time of a small build is no news; as a warning it only alarms. */
export const checks = { pluginTimings: false };
