/* The program's name and version, as reports and --version state them. */
#ifndef VXO_REPORTS_VERSION_H
#define VXO_REPORTS_VERSION_H

#define VXO_TOOL "vhdxray 0.1.0"

#endif
